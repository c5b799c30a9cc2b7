/** `sluice.yaml`, or a `prefect.yaml` of the parts that both have: how the flows of a project are deployed. */
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { SluiceError } from "@sluice/protocol";
import { isMap, isScalar, LineCounter, parseDocument } from "yaml";
import { z } from "zod";

type Maybe<T> = T | null | undefined;
type Values = Readonly<Record<string, unknown>>;

interface ScheduleMembers {
  readonly timezone?: string | undefined;
  readonly active?: Maybe<boolean>;
  readonly slug?: string | undefined;
  readonly parameters?: Maybe<Values>;
  readonly max_scheduled_runs?: Maybe<number>;
}

export type WrittenSchedule = ScheduleMembers &
  (
    | { readonly cron: string; readonly day_or?: Maybe<boolean> }
    | { readonly interval: number; readonly anchor_date?: string | undefined }
    | { readonly rrule: string }
  );

interface WrittenLimit {
  readonly limit: number;
  readonly collision_strategy?: Maybe<"ENQUEUE" | "CANCEL_NEW">;
  readonly grace_period_seconds?: Maybe<number>;
}

/** Steps that a file has for all its deployments, or for one. */
interface WrittenSteps {
  readonly build?: readonly Values[] | undefined;
  readonly push?: readonly Values[] | undefined;
  readonly pull?: readonly Values[] | undefined;
}

/** A deployment as files have it. */
export interface WrittenDeployment extends WrittenSteps {
  readonly name: string;
  /** Relative to the file. */
  readonly entrypoint: string;
  readonly description?: string | undefined;
  readonly version?: string | undefined;
  readonly tags?: Maybe<readonly string[]>;
  readonly parameters?: Maybe<Values>;
  readonly enforce_parameter_schema?: Maybe<boolean>;
  readonly paused?: Maybe<boolean>;
  readonly schedule?: Maybe<WrittenSchedule>;
  readonly schedules?: Maybe<readonly WrittenSchedule[]>;
  readonly concurrency_limit?: Maybe<number | WrittenLimit>;
  readonly work_pool?: Maybe<{
    readonly name?: string | undefined;
    readonly work_queue_name?: string | undefined;
    readonly job_variables?: Maybe<Values>;
  }>;
}

export interface ProjectFile extends WrittenSteps {
  readonly path: string;
  /** Its directory, where build steps run and entrypoints are. */
  readonly directory: string;
  readonly deployments: readonly WrittenDeployment[];
}

const values = z.record(z.string(), z.unknown());
const steps = z
  .array(values)
  .nullish()
  .transform((list) => list ?? undefined);
const text = z
  .string()
  .nullish()
  .transform((given) => given ?? undefined);
/** What comes with automations; empty in the files that Prefect writes. */
const notYet = z
  .array(z.never({ error: "is not supported yet: make automations of the server instead" }))
  .nullish();

const more = {
  timezone: text,
  active: z.boolean().nullish(),
  slug: text,
  parameters: values.nullish(),
  max_scheduled_runs: z.int().positive().nullish(),
};

const scheduleSchema = z.union([
  z.strictObject({ cron: z.string(), day_or: z.boolean().nullish(), ...more }),
  z.strictObject({ interval: z.number().positive(), anchor_date: text, ...more }),
  z.strictObject({ rrule: z.string(), ...more }),
]);

const limitSchema = z.union([
  z.int().positive(),
  z.strictObject({
    limit: z.int().positive(),
    collision_strategy: z.enum(["ENQUEUE", "CANCEL_NEW"]).nullish(),
    grace_period_seconds: z.int().min(60).max(86_400).nullish(),
  }),
]);

const deploymentSchema = z.strictObject({
  name: z.string().min(1),
  entrypoint: z.string().min(1),
  description: text,
  version: text,
  version_type: text,
  flow_name: text,
  tags: z.union([z.array(z.string()), z.string().transform((tag) => [tag])]).nullish(),
  parameters: values.nullish(),
  enforce_parameter_schema: z.boolean().nullish(),
  paused: z.boolean().nullish(),
  schedule: scheduleSchema.nullish(),
  schedules: z.array(scheduleSchema).nullish(),
  concurrency_limit: limitSchema.nullish(),
  work_pool: z.strictObject({ name: text, work_queue_name: text, job_variables: values.nullish() }).nullish(),
  triggers: notYet,
  sla: notYet,
  build: steps,
  push: steps,
  pull: steps,
});

const fileSchema = z.strictObject({
  name: text,
  "prefect-version": z.unknown().optional(),
  description: text,
  definitions: z.unknown().optional(),
  build: steps,
  push: steps,
  pull: steps,
  deployments: z
    .array(deploymentSchema)
    .nullish()
    .transform((list) => list ?? []),
});

const NAMES = ["sluice.yaml", "sluice.yml", "prefect.yaml"];

/** The file in a directory, or the one that is named; `undefined` when none is there and none was named. */
export async function findProjectFile(
  directory: string,
  named: string | undefined,
): Promise<ProjectFile | undefined> {
  const found = NAMES.map((name) => join(directory, name)).find(existsSync);
  const path = named === undefined ? found : resolve(directory, named);
  return path === undefined ? undefined : readProjectFile(path);
}

/** @throws {SluiceError} code `INVALID_REQUEST`, with the line and column of what is wrong. */
async function readProjectFile(path: string): Promise<ProjectFile> {
  const lines = new LineCounter();
  const document = parseDocument(await contentOf(path), { lineCounter: lines });
  const refuse = (offset: number, message: string): SluiceError => {
    const { line, col } = lines.linePos(offset);
    return new SluiceError("INVALID_REQUEST", `${path}:${line}:${col}: ${message}`);
  };
  const [error] = document.errors;
  if (error !== undefined) throw refuse(error.pos[0], firstLine(error.message));
  const parsed = fileSchema.safeParse(document.toJS({ maxAliasCount: 100 }) ?? {});
  if (parsed.success) {
    const { build, push, pull, deployments } = parsed.data;
    return { build, push, pull, deployments, path, directory: dirname(path) };
  }
  const issue = deepest(parsed.error.issues);
  throw refuse(offsetOf(document, issue.path), `${issue.path.join(".") || basename(path)} ${issue.message}`);
}

async function contentOf(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new SluiceError("INVALID_REQUEST", `The file ${path} cannot be read: ${reason}.`, { cause });
  }
}

interface Issue {
  readonly path: readonly (string | number)[];
  readonly message: string;
}

/** Of a choice of forms, what is wrong with the one that comes closest. */
function deepest(issues: readonly z.core.$ZodIssue[]): Issue {
  const [issue] = issues;
  if (issue === undefined) return { path: [], message: "cannot be read" };
  const path = issue.path.map((part) => (typeof part === "number" ? part : String(part)));
  if (issue.code === "unrecognized_keys") {
    return { path: [...path, issue.keys[0] ?? ""], message: "is not a member that is known here" };
  }
  if (issue.code === "invalid_union") {
    const forms = issue.errors.filter((each) => !each.some(({ code }) => code === "invalid_type"));
    const [form = issue.errors[0]] = forms;
    if (form !== undefined) {
      const inner = deepest(form);
      return { path: [...path, ...inner.path], message: inner.message };
    }
  }
  return { path, message: `is wrong: ${issue.message}` };
}

/** Of the member, or of what is nearest to it when it is missing. */
function offsetOf(document: ReturnType<typeof parseDocument>, path: readonly (string | number)[]): number {
  const parent = path.length === 0 ? undefined : document.getIn(path.slice(0, -1), true);
  const last = path.at(-1);
  if (isMap(parent)) {
    const pair = parent.items.find(({ key }) => isScalar(key) && key.value === last);
    const key: unknown = pair?.key;
    if (isScalar(key) && key.range) return key.range[0];
  }
  const node: unknown = document.getIn(path, true);
  if (hasRange(node)) return node.range[0];
  return path.length === 0 ? 0 : offsetOf(document, path.slice(0, -1));
}

function hasRange(node: unknown): node is { readonly range: readonly [number, number, number] } {
  return typeof node === "object" && node !== null && "range" in node && Array.isArray(node.range);
}

/** The library adds a picture of the place to its message. */
function firstLine(message: string): string {
  return (message.split("\n")[0] ?? message).replace(/ at line \d+, column \d+:?$/u, "");
}
