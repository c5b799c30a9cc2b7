/** Tasks that misbehave, for the tests of worker pools. */
import { appendFile } from "node:fs/promises";
import { threadId } from "node:worker_threads";
import { INPUTS } from "../../src/caching/cache-policy.ts";
import { runContext } from "../../src/runtime/run-context.ts";
import { task } from "../../src/tasks/task.ts";
import { makeDouble } from "./task-factory.ts";

/** Where a task runs: process and thread. */
function place(): string {
  return `${process.pid}/${threadId}`;
}

export const where = task({ name: "where" }, async () => place());

export const exits = task({ name: "exits" }, async (code: number): Promise<void> => {
  process.exit(code);
});

export const throwsLater = task({ name: "throws-later" }, async (): Promise<void> => {
  setTimeout(() => {
    throw new RangeError("thrown in a timer");
  });
  await new Promise(() => undefined);
});

/** Writes its process id and does nothing more. */
export const waitsToBeKilled = task({ name: "waits-to-be-killed" }, async (path: string): Promise<void> => {
  await appendFile(path, `${process.pid}`);
  await new Promise((resolve) => setTimeout(resolve, 60_000));
});

export const never = task(
  { name: "never" },
  async () => new Promise<void>((resolve) => setTimeout(resolve, 60_000)),
);

/** Begins another task and then loses its worker. */
export const nestsAndExits = task({ name: "nests-and-exits" }, async (): Promise<void> => {
  const inner = never.submit();
  while (inner.state.name !== "Running") await new Promise((resolve) => setTimeout(resolve, 5));
  await where();
  await new Promise((resolve) => setTimeout(resolve, 100));
  process.exit(4);
});

/** Computes without a pause for this long. */
export const blocks = task({ name: "blocks" }, async (seconds: number, path: string): Promise<string> => {
  await appendFile(path, "began\n");
  const end = Date.now() + seconds * 1000;
  while (Date.now() < end);
  return place();
});

/** Looks at nothing for this long, then notes that it has ended. */
export const ignores = task(
  { name: "ignores", timeoutSeconds: 0.05 },
  async (seconds: number, path: string): Promise<void> => {
    await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
    await appendFile(path, "ended\n");
  },
);

/** Made by a function of another module. */
export const double = makeDouble("double");

const plain = task({ name: "plain" }, async (n: number) => n + 0.5);
/** Derived from a task that is not exported. */
export const derived = plain.withOptions({ name: "derived", tags: ["derived"] });

export const cacheable = task({ name: "cacheable" }, async (path: string): Promise<number> => {
  await appendFile(path, "run\n");
  return 1;
});

export const cachedByInputs = cacheable.withOptions({ cachePolicy: INPUTS });

/** Gives one parameter of its flow. */
export const parameter = task({ name: "parameter" }, async (name: string): Promise<unknown> => {
  const { flowRun } = runContext();
  return flowRun?.parameters[name];
});
