/** Files to S3 and back, beside the AWS command doing the same with the same server in the same run. */
import { createHash, randomBytes } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { S3 } from "@aws-sdk/client-s3";
import { findProgram, startServer, type TestServer } from "@sluice-internal/test-servers/start";
import { amount } from "../amount.ts";
import { type Benchmark, type Measurement, measurement, median } from "../measurement.ts";
import { measuredProcess, type ProcessFigures } from "./measured-process.ts";

const SMALL_FILES = 1000;
const SMALL_FILE_BYTES = 4096;
const ROUNDS = 3;
const MEBIBYTE = 1024 * 1024;
const LARGE_MEBIBYTES = amount(1024);
const BUCKET = "benchmark";
const PROGRAM = fileURLToPath(new URL("./transfer-program.js", import.meta.url));

export const storageBenchmarks: readonly Benchmark[] = [measureTransfers];

async function measureTransfers(): Promise<Measurement[]> {
  const command = findProgram("aws", "awscli/bin/aws");
  if (command === undefined) throw new Error("There is no AWS command: run .ci/install-peers --benchmarks.");
  const server = await startServer("moto", {});
  if ("reason" in server) throw new Error(server.reason);
  const directory = await mkdtemp(join(tmpdir(), "sluice-bench-storage-"));
  try {
    const transfers = new Transfers({ command, directory, server });
    await transfers.prepare();
    return [...(await transfers.smallFiles()), ...(await transfers.largeFile())];
  } finally {
    await server.stop();
    await rm(directory, { recursive: true });
  }
}

interface TransfersOptions {
  readonly command: string;
  readonly directory: string;
  readonly server: TestServer;
}

/** Times of ours and of the AWS command. */
interface Pair {
  readonly ours: ProcessFigures;
  readonly theirs: ProcessFigures;
}

interface Transfer {
  readonly direction: "up" | "down";
  readonly what: "directory" | "file";
  readonly local: string;
  readonly remote: string;
  readonly round: number;
}

class Transfers {
  readonly #options: TransfersOptions;

  constructor(options: TransfersOptions) {
    this.#options = options;
  }

  async prepare(): Promise<void> {
    const { server, directory } = this.#options;
    const s3 = new S3({ endpoint: server.url, region: "us-east-1", forcePathStyle: true, credentials: KEYS });
    await s3.createBucket({ Bucket: BUCKET });
    s3.destroy();
    for (let index = 0; index < SMALL_FILES; index += 1) {
      const parent = join(directory, "small", String(index % 20));
      await mkdir(parent, { recursive: true });
      await writeFile(join(parent, `${index}.bin`), randomBytes(SMALL_FILE_BYTES));
    }
    await pipeline(
      Readable.from(randomMebibytes(LARGE_MEBIBYTES)),
      createWriteStream(join(directory, "large")),
    );
  }

  async smallFiles(): Promise<Measurement[]> {
    const [up, down]: [Pair[], Pair[]] = [[], []];
    for (let round = 0; round < ROUNDS; round += 1) {
      const name = `small-${round}`;
      up.push(await this.#pair({ direction: "up", what: "directory", local: "small", remote: name, round }));
      down.push(await this.#pair({ direction: "down", what: "directory", local: name, remote: name, round }));
    }
    return [...figures(`${SMALL_FILES} files up`, up), ...figures(`${SMALL_FILES} files down`, down)];
  }

  /** Down only once: the server reads the whole object for each range that it is asked for. */
  async largeFile(): Promise<Measurement[]> {
    const up: Pair[] = [];
    const file = { what: "file", remote: "large" } as const;
    for (let round = 0; round < ROUNDS; round += 1) {
      up.push(await this.#pair({ ...file, direction: "up", local: "large", round }));
    }
    const down = await this.#pair({ ...file, direction: "down", local: "large-down", round: 0 });
    await this.#checkSame("large", "ours-large-down");
    const label = `${LARGE_MEBIBYTES} MiB`;
    return [...figures(`${label} up`, up), ...figures(`${label} down`, [down])];
  }

  /** One after the other, in turns first; each with what it wrote itself. */
  async #pair({ direction, what, local, remote, round }: Transfer): Promise<Pair> {
    const { command, directory, server } = this.#options;
    const localOf = (who: string) => join(directory, direction === "up" ? local : `${who}-${local}`);
    const own = [process.execPath, PROGRAM, direction, what, localOf("ours"), BUCKET, `ours-${remote}`];
    const url = `s3://${BUCKET}/theirs-${remote}`;
    const ends = direction === "up" ? [localOf("theirs"), url] : [url, localOf("theirs")];
    const flags = ["--quiet", ...(what === "directory" ? ["--recursive"] : [])];
    const other = [command, "s3", "cp", ...flags, ...ends];
    const inTurn = round % 2 === 0 ? [own, other] : [other, own];
    const measured: ProcessFigures[] = [];
    for (const program of inTurn) measured.push(await measuredProcess(program, server.env));
    const [first, second] = measured;
    if (first === undefined || second === undefined) throw new Error("Nothing was measured.");
    return round % 2 === 0 ? { ours: first, theirs: second } : { ours: second, theirs: first };
  }

  async #checkSame(one: string, other: string): Promise<void> {
    const { directory } = this.#options;
    const [first, second] = await Promise.all([one, other].map((name) => hashOf(join(directory, name))));
    if (first !== second) throw new Error(`${other} differs from ${one}.`);
  }
}

const KEYS = { accessKeyId: "test", secretAccessKey: "test" };

function figures(name: string, pairs: readonly Pair[]): Measurement[] {
  const middle = (value: (pair: Pair) => number): number => median(pairs.map(value));
  const against = "aws s3 cp";
  return [
    measurement({
      name: `S3: ${name}`,
      unit: "s",
      value: middle(({ ours }) => ours.seconds),
      baseline: middle(({ theirs }) => theirs.seconds),
      against,
      target: { mostRatio: 1 },
    }),
    measurement({
      name: `S3: ${name}, memory`,
      unit: "MB",
      value: middle(({ ours }) => ours.megabytes),
      baseline: middle(({ theirs }) => theirs.megabytes),
      against,
      target: 250,
    }),
  ];
}

async function* randomMebibytes(count: number): AsyncGenerator<Uint8Array> {
  for (let index = 0; index < count; index += 1) yield randomBytes(MEBIBYTE);
}

async function hashOf(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}
