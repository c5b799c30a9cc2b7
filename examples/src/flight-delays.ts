/**
 * Finds exceptional flight delays: reads 20,000 real flights, groups them by calendar hour, cleans every hour although
 * cleaning fails at random, compares each flight with the others of its hour, writes a report, and tells of it. Run it
 * with `npm run demo`, or with other parameters: `npm run demo -- -p threshold=25`.
 */
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import {
  exponentialBackoff,
  type FileSystem,
  flow,
  LocalFileSystem,
  type Notifier,
  runLogger,
  runtime,
  TerminalNotifier,
  task,
  unmapped,
} from "@sluice/core";
import { SlackWebhook } from "@sluice/notifier-slack";
import { S3Bucket } from "@sluice/storage-s3";
import { z } from "zod";
import { median } from "./median.ts";
import { seededChance } from "./seeded-chance.ts";
import { unlessSaved } from "./unless-saved.ts";

const FLIGHTS = new URL("../data/flights-20k.json", import.meta.resolve("vega-datasets"));
const REPORTS = fileURLToPath(new URL("../reports", import.meta.url));

const flightSchema = z.object({
  date: z.string().regex(/^\d{4}\/\d\d\/\d\d \d\d:\d\d$/), // 2001/01/13 14:56
  delay: z.number(), // minutes; below 0 is early
  distance: z.number().positive(), // miles
  origin: z.string().length(3),
  destination: z.string().length(3),
});
type Flight = z.infer<typeof flightSchema>;
type ExceptionalFlight = Flight & { readonly usualDelay: number; readonly score: number };

/** The flights of one hour, such as 2001/01/13 14, as they are in the file. */
interface Hour {
  readonly name: string;
  readonly flights: unknown[];
}

// A task is a step of a flow. Each call of it is a task run: recorded with its states, retries, duration and log lines.
const readHours = task({ name: "read-hours" }, async (file: URL): Promise<Hour[]> => {
  const flights = z
    .array(z.looseObject({ date: z.string() }))
    .parse(JSON.parse(await readFile(file, "utf8")));
  const hours = new Map<string, unknown[]>();
  for (const flight of flights) {
    const name = flight.date.slice(0, "2001/01/13 14".length);
    hours.set(name, [...(hours.get(name) ?? []), flight]);
  }
  runLogger().info("Flights read", { flights: flights.length, hours: hours.size });
  return [...hours].map(([name, ofHour]) => ({ name, flights: ofHour }));
});

// What may fail is retried: up to 5 times, after 0.1, 0.2, 0.4 … seconds and up to as much again, drawn at random so that
// many failures at once do not become many retries at once.
const cleanHour = task(
  { name: "clean-hour", retries: 5, retryDelaySeconds: exponentialBackoff(0.1), retryJitterFactor: 1 },
  async (
    hour: Hour,
    chaos: { readonly failureProbability: number; readonly seed: number },
  ): Promise<Flight[]> => {
    const attempt = runtime.taskRun?.runCount ?? 1;
    if (seededChance(`${chaos.seed} ${hour.name} ${attempt}`) < chaos.failureProbability) {
      throw new Error(`Cleaning ${hour.name} failed, as it does at random.`);
    }
    return hour.flights.flatMap((flight) => flightSchema.safeParse(flight).data ?? []);
  },
);

// A robust rule: how far is a delay from the median of its hour, measured in the hour's own spread (the median of the
// distances from the median)? One flight that is hours late moves neither of them, as it would a mean.
const findExceptions = task(
  { name: "find-exceptions" },
  async (flights: Flight[], threshold: number): Promise<ExceptionalFlight[]> => {
    if (flights.length < 5) return [];
    const usualDelay = median(flights.map(({ delay }) => delay));
    const spread = Math.max(1.4826 * median(flights.map(({ delay }) => Math.abs(delay - usualDelay))), 5);
    return flights
      .map((flight) => ({ ...flight, usualDelay, score: (flight.delay - usualDelay) / spread }))
      .filter(({ score }) => score > threshold);
  },
);

// Blocks are what a program needs of the world, saved under a name. Where there is no block s3-bucket/demo or
// slack-webhook/demo, the report stays on this machine, and the message in this terminal.
const reports = (): Promise<FileSystem> =>
  S3Bucket.load("demo").catch(unlessSaved(new LocalFileSystem({ basePath: REPORTS })));
const team = (): Promise<Notifier> => SlackWebhook.load("demo").catch(unlessSaved(new TerminalNotifier()));

const writeReport = task(
  { name: "write-report", retries: 2, retryDelaySeconds: 1 },
  async (found: ExceptionalFlight[]): Promise<string> => {
    const rows = found.map(({ date, origin, destination, delay, usualDelay, score }) => {
      return `| ${date} | ${origin} → ${destination} | ${delay} min | ${usualDelay} min | ${score.toFixed(1)} |`;
    });
    const head = ["| Departure | Flight | Delay | Usual in this hour | Score |", "|---|---|--:|--:|--:|"];
    const files = await reports();
    await files.write(
      "flight-delays.md",
      `# Exceptional flight delays\n\n${[...head, ...rows].join("\n")}\n`,
    );
    return `${files.location.replace(/\/$/, "")}/flight-delays.md`;
  },
);

const parameters = z.object({
  threshold: z.number().positive().default(20).describe("Least score of an exceptional delay"),
  failureProbability: z.number().min(0).max(0.5).default(0.02).describe("How often cleaning an hour fails"),
  seed: z.number().int().default(1).describe("Which attempts fail; the same ones for the same seed"),
});

// A flow is an ordinary async function that calls tasks. Its parameters are checked before it begins.
export const flightDelays = flow({ name: "flight-delays", parameters }, async ({ threshold, ...chaos }) => {
  const hours = await readHours(FLIGHTS);
  // map() makes a task run per element and does not wait: an hour is examined as soon as it is clean.
  const cleaned = cleanHour.map(hours, unmapped(chaos));
  const examined = await findExceptions.map(cleaned, unmapped(threshold));
  const found = examined.flat().sort((a, b) => b.score - a.score);
  const [first] = found;
  if (first !== undefined) runLogger().info("The most exceptional delay", first);
  const report = await writeReport(found);
  const notifier = await team();
  await notifier.notify({ subject: `${found.length} exceptional flight delays`, body: `Report: ${report}` });
  return report;
});
