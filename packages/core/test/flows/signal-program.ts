/** A program for tests of signals: runs the flow named by its argument and prints what happens. */
import { flow } from "../../src/flows/flow.ts";
import type { FlowOptions } from "../../src/flows/flow-options.ts";
import { resource } from "../../src/flows/resource.ts";
import { runContext } from "../../src/runtime/run-context.ts";
import { task } from "../../src/tasks/task.ts";
import { never, untilAborted } from "../engine-fixture.ts";

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

/** Says that the test may send its signal, and keeps the process alive as real work does. */
function ready(): void {
  setInterval(() => undefined, 1000).unref();
  setTimeout(() => print("ready"), 20);
}

const hooks: Partial<FlowOptions<undefined>> = {
  onCancellation: (_, __, state) => print(`cancellation: ${state.message}`),
  onCrashed: (_, __, state) => print(`crashed: ${state.message}`),
  onFailure: (_, __, state) => print(`failure: ${state.message}`),
};
const database = resource({
  name: "database",
  setup: () => "db",
  cleanup: async () => {
    await new Promise((resolve) => setTimeout(resolve, 10));
    print("cleaned up");
  },
});
const heeds = task({ name: "heeds" }, async () => {
  ready();
  await untilAborted(runContext().signal);
});
const ignores = task({ name: "ignores" }, async () => {
  ready();
  await new Promise((resolve) => setTimeout(resolve, 60_000));
});
const retries = task({ name: "retries", retries: 1, retryDelaySeconds: 3600 }, async () => {
  ready();
  throw new Error("once");
});

const programs: Record<string, () => Promise<unknown>> = {
  heeds: () => flow({ ...hooks, name: "heeds" }, () => database.use([], () => heeds()))(),
  ignores: () => flow({ ...hooks, name: "ignores" }, () => ignores())(),
  "never-ends": () =>
    flow({ ...hooks, name: "never-ends" }, async () => {
      ready();
      process.on("SIGUSR2", () => undefined);
      await never();
    })(),
  retries: () => flow({ ...hooks, name: "retries" }, () => retries.submit())(),
  "flow-retry": () =>
    flow({ ...hooks, name: "flow-retry", retries: 1, retryDelaySeconds: 3600 }, () => {
      ready();
      throw new Error("once");
    })(),
  two: () =>
    Promise.allSettled([
      flow({ ...hooks, name: "one" }, () => heeds())(),
      flow({ ...hooks, name: "two" }, () => untilAborted(runContext().signal))(),
    ]),
  listens: async () => {
    process.on("SIGINT", () => print("the program's own listener"));
    const state = await flow({ ...hooks, name: "listens" }, () => heeds()).returnState();
    print(`went on: ${state.name}`);
    process.exit(7);
  },
};

const program = programs[process.argv[2] ?? ""];
if (program === undefined) throw new Error(`There is no program ${process.argv[2]}.`);
await program().catch((error: unknown) => print(`rejected: ${String(error)}`));
print("the program went on");
