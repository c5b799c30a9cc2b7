/** The tasks of `taskRunnerSuite`: exported, so that other threads, processes and machines can import them. */
import { appendFile, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { INPUTS } from "../caching/cache-policy.ts";
import { flow } from "../flows/flow.ts";
import { runContext } from "../runtime/run-context.ts";
import { runLogger } from "../runtime/run-logger.ts";
import { tags } from "../runtime/run-scope.ts";
import { registerSerializable } from "../serializers/serializable-class.ts";
import type { State } from "../states/state.ts";
import { Failed } from "../states/state-factories.ts";
import { type Task, task } from "../tasks/task.ts";
import { Money } from "./serializer-samples.ts";

registerSerializable(Money, {
  name: "serializer-suite.Money",
  encode: ({ amount, currency }) => ({ amount, currency }),
  decode: ({ amount, currency }) => new Money(amount, currency),
});

export const echo: Task<[value: unknown], unknown> = task(
  { name: "echo" },
  async (value: unknown): Promise<unknown> => value,
);

export const add: Task<[a: number, b: number], number> = task(
  { name: "add" },
  async (a: number, b: number): Promise<number> => a + b,
);

/** Gives something that cannot be serialised. */
export const leak: Task<[], unknown> = task({ name: "leak" }, async () => ({ inner: { handler: () => 1 } }));

export const fail: Task<[message: string], never> = task(
  { name: "fail" },
  async (message: string): Promise<never> => {
    const error = new RangeError(message, { cause: new Map([["reason", new TypeError("the cause")]]) });
    throw Object.assign(error, { code: "E_SUITE" });
  },
);

export const throwText: Task<[], never> = task({ name: "throw-text" }, async (): Promise<never> => {
  throw "not an error";
});

export const giveFailed: Task<[], State<never>> = task({ name: "give-failed" }, async () =>
  Failed({ message: "on purpose", name: "Sour" }),
);

/** Notes each attempt in a file; fails before attempt number `until`. */
export const flaky: Task<[path: string, until: number], number> = task(
  { name: "flaky", retries: 3, retryDelaySeconds: 0.01 },
  async (path: string, until: number): Promise<number> => {
    const { runCount } = runContext().taskRun ?? { runCount: 0 };
    await appendFile(path, `${runCount}\n`);
    if (runCount < until) throw new Error(`attempt ${runCount}`);
    return runCount;
  },
);

/** Waits for its signal, far beyond its timeout; notes that the signal came. */
export const slow: Task<[path: string], void> = task(
  { name: "slow", timeoutSeconds: 0.2 },
  async (path: string): Promise<void> => {
    await untilAborted();
    await writeFile(path, "aborted");
  },
);

/** Notes that it began, then waits for its signal and ends with its reason. */
export const wait: Task<[path: string], never> = task(
  { name: "wait" },
  async (path: string): Promise<never> => {
    await appendFile(path, "began\n");
    throw await untilAborted();
  },
);

/** Begins to wait with others in a directory: gives how many were there at most, and goes on when `count` came. */
export const meet: Task<[directory: string, count: number], number> = task(
  { name: "meet" },
  async (directory: string, count: number): Promise<number> => {
    const { id } = runContext().taskRun ?? { id: "" };
    await writeFile(join(directory, `here-${id}`), "");
    await writeFile(join(directory, `came-${id}`), "");
    let most = 0;
    for (;;) {
      const names = await readdir(directory);
      most = Math.max(most, names.filter((name) => name.startsWith("here-")).length);
      if (names.filter((name) => name.startsWith("came-")).length >= count) break;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await rm(join(directory, `here-${id}`));
    return most;
  },
);

/** Notes its stage and number in a file. */
export const stage: Task<[name: string, number: number, path: string], number> = task(
  { name: "stage" },
  async (name: string, number: number, path: string): Promise<number> => {
    await appendFile(path, `${name}${number}\n`);
    return number;
  },
);

/** Gives what it knows of its run; logs and prints. */
export const describeRun: Task<[subject: string], unknown> = task(
  { name: "describe-run", tags: ["own"], logPrints: true, taskRunName: "describe-{subject}" },
  async (subject: string): Promise<unknown> => {
    const { flowRun, taskRun, tags: ambient, signal } = runContext();
    runLogger().info("Described", { subject });
    // biome-ignore lint/suspicious/noConsole: what is printed is to become a line of the log
    console.log("printed %s", subject);
    return { flowRun, taskRun, ambient, isAborted: signal.aborted };
  },
);

/** Appends the state to a file in its hooks. */
export const hooked: Task<[path: string, fails: boolean], void> = task(
  {
    name: "hooked",
    onRunning: (_, run, state) => noteHook(run.name, state),
    onCompletion: (_, run, state) => noteHook(run.name, state),
    onFailure: (_, run, state) => noteHook(run.name, state),
    taskRunName: "{path}",
  },
  async (path: string, fails: boolean): Promise<void> => {
    if (fails) throw new Error(`hooked at ${path}`);
  },
);

async function noteHook(path: string, state: State): Promise<void> {
  await appendFile(path, `${state.name}\n`);
}

/** Calls, submits and maps other tasks. */
export const nest: Task<[numbers: readonly number[]], number> = task(
  { name: "nest" },
  async (numbers: readonly number[]): Promise<number> => {
    const direct = await add(1, 1);
    const submitted = add.submit(direct, 1);
    const mapped = await tags("inner", () => add.map([...numbers], submitted));
    return mapped.reduce((sum, number) => sum + number, 0);
  },
);

/** Submits a task that fails, and does not look at it. */
export const nestUnseen: Task<[], string> = task({ name: "nest-unseen" }, async (): Promise<string> => {
  fail.submit("inside");
  return "fine";
});

const innerFlow = flow({ name: "inner-flow" }, async ({ n }: { readonly n: number }) => add.submit(n, 1));

/** Calls a flow. */
export const nestFlow: Task<[n: number], number> = task(
  { name: "nest-flow" },
  async (n: number): Promise<number> => innerFlow({ n }),
);

/** Kept by its inputs; counts its runs in a file. */
export const kept: Task<[path: string], { readonly at: Date }> = task(
  { name: "kept", cachePolicy: INPUTS },
  async (path: string): Promise<{ readonly at: Date }> => {
    await appendFile(path, "run\n");
    return { at: new Date(86_400_000) };
  },
);

/** As `kept`, with a value that stays in the storage. */
export const stored: Task<[path: string], { readonly at: Date }> = kept.withOptions({
  name: "stored",
  cacheResultInMemory: false,
});

/** The lines of a file that tasks wrote. */
export async function linesOf(path: string): Promise<string[]> {
  const text = await readFile(path, "utf8");
  return text.split("\n").filter((line) => line !== "");
}

function untilAborted(): Promise<unknown> {
  const { signal } = runContext();
  // The timer keeps the thread or process alive meanwhile, as a socket would.
  const timer = setInterval(() => undefined, 1000);
  return new Promise((resolve) => {
    const onAbort = (): void => {
      clearInterval(timer);
      resolve(signal.reason);
    };
    if (signal.aborted) onAbort();
    else signal.addEventListener("abort", onAbort, { once: true });
  });
}
