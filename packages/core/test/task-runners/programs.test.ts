import { describe, expect, it, vi } from "vitest";
import { runProgram } from "./run-program.ts";

const TIMEOUT_MS = 60_000;
const patience = { timeout: 30_000 };

const TASKS = `
import { threadId } from "node:worker_threads";
import { runContext, task } from "@sluice/core";
export const double = task({ name: "double" }, async (n) => n * 2);
export const where = task({ name: "where" }, async () => process.pid + "/" + threadId);
export const wait = task({ name: "wait" }, async () => {
  console.log("waiting", process.pid);
  await new Promise((resolve) => {
    const timer = setInterval(() => undefined, 1000);
    runContext().signal.addEventListener("abort", () => { clearInterval(timer); resolve(); });
  });
  console.log("told to stop");
});
`;

describe.each(["ThreadPoolTaskRunner", "ProcessPoolTaskRunner"])("a program with %s", (runner) => {
  it(
    "of one script that awaits its flow runs tasks of this script",
    async () => {
      const main = `
        import { fileURLToPath } from "node:url";
        import { flow, task, ${runner} } from "@sluice/core";
        type Pair = readonly [number, number];
        export const add = task({ name: "add" }, async ([a, b]: Pair): Promise<number> => a + b);
        const sums = flow({ name: "sums", taskRunner: new ${runner}({ limit: 1 }) }, () => add.map([[1, 2], [3, 4]]));
        if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(JSON.stringify(await sums()));
      `;
      const { exitCode, stdout, stderr } = await runProgram({ files: { "main.ts": main } });
      expect({ exitCode, stdout, stderr }).toEqual({ exitCode: 0, stdout: "[3,7]\n", stderr: "" });
    },
    TIMEOUT_MS,
  );

  it(
    "that tsx makes CommonJS of runs its tasks with its own copy of the engine",
    async () => {
      const main = `
        import { flow, ${runner} } from "@sluice/core";
        import { where } from "./tasks";
        const f = flow({ name: "f", taskRunner: new ${runner}({ limit: 1 }) }, async () => where.submit());
        f().then((place) => console.log(place !== process.pid + "/0", typeof require));
      `;
      const { stdout } = await runProgram({
        files: { "main.ts": main, "tasks.ts": TASKS },
        packageJson: "{}",
      });
      expect(stdout).toBe("true function\n");
    },
    TIMEOUT_MS,
  );

  it(
    "that gets Ctrl-C cancels its tasks and leaves no process",
    async () => {
      const main = `
        import { flow, ${runner} } from "@sluice/core";
        import { wait } from "./tasks.ts";
        const f = flow({ name: "f", taskRunner: new ${runner}({ limit: 1 }) }, () => wait.submit());
        console.log(String(await f.returnState()));
      `;
      const pids: number[] = [];
      const { stdout, signal } = await runProgram({
        files: { "main.ts": main, "tasks.ts": TASKS },
        async meanwhile(child, output) {
          await vi.waitFor(() => expect(output()).toContain("waiting"), patience);
          pids.push(Number(/waiting (\d+)/.exec(output())?.[1]));
          // A terminal tells the whole group.
          process.kill(-(child.pid ?? 0), "SIGINT");
        },
      });
      expect(signal).toBe("SIGINT");
      expect(stdout).toContain("told to stop");
      await vi.waitFor(() => expect(pids.filter(isAlive)).toEqual([]), patience);
    },
    TIMEOUT_MS,
  );
});

describe("a program", () => {
  it(
    "that runs its flow wherever it is imported is told how to guard it",
    async () => {
      const main = `
        import { flow, task, ThreadPoolTaskRunner } from "@sluice/core";
        export const one = task({ name: "one" }, async () => 1);
        const f = flow({ name: "f", taskRunner: new ThreadPoolTaskRunner({ limit: 1 }) }, () => one.submit());
        console.log(String(await f.returnState()));
      `;
      const { stdout } = await runProgram({ files: { "main.ts": main } });
      expect(stdout).toContain("A flow or task was called while the module was imported");
      expect(stdout).toContain("process.argv[1] === fileURLToPath(import.meta.url)");
    },
    TIMEOUT_MS,
  );

  it(
    "of plain JavaScript needs no loader",
    async () => {
      const main = `
        import { flow, ProcessPoolTaskRunner } from "@sluice/core";
        import { double } from "./tasks.js";
        console.log(await flow({ name: "f", taskRunner: new ProcessPoolTaskRunner({ limit: 1 }) }, () => double.submit(21))());
      `;
      const { exitCode, stdout } = await runProgram({ files: { "main.js": main, "tasks.js": TASKS } });
      expect({ exitCode, stdout }).toEqual({ exitCode: 0, stdout: "42\n" });
    },
    TIMEOUT_MS,
  );

  it(
    "whose module was changed meanwhile is told that the export is gone",
    async () => {
      const main = `
        import { readFileSync, writeFileSync } from "node:fs";
        import { flow, ThreadPoolTaskRunner } from "@sluice/core";
        import { double } from "./tasks.ts";
        writeFileSync("tasks.ts", readFileSync("tasks.ts", "utf8").replace("const double", "const twice"));
        const f = flow({ name: "f", taskRunner: new ThreadPoolTaskRunner({ limit: 1 }) }, () => double.submit(21));
        console.log(String(await f.returnState()));
      `;
      const { stdout } = await runProgram({ files: { "main.ts": main, "tasks.ts": TASKS } });
      expect(stdout).toContain(
        'Task "double" cannot run in another thread or process: there is no export double',
      );
      expect(stdout).toContain("The file has changed since the flow loaded it");
    },
    TIMEOUT_MS,
  );

  it(
    "ends when its flow has ended, as if there had been no workers",
    async () => {
      const main = `
        import { flow, ProcessPoolTaskRunner } from "@sluice/core";
        import { double } from "./tasks.ts";
        const f = flow({ name: "f", taskRunner: new ProcessPoolTaskRunner({ limit: 2 }) }, () => double.map([1, 2, 3, 4]));
        f().then((values) => console.log(values.join()));
      `;
      const { exitCode, signal, stdout } = await runProgram({
        files: { "main.ts": main, "tasks.ts": TASKS },
      });
      expect({ exitCode, signal, stdout }).toEqual({ exitCode: 0, signal: null, stdout: "2,4,6,8\n" });
    },
    TIMEOUT_MS,
  );
});

it(
  "worker processes end when their program is killed",
  async () => {
    const main = `
      import { flow, ProcessPoolTaskRunner } from "@sluice/core";
      import { wait } from "./tasks.ts";
      await flow({ name: "f", taskRunner: new ProcessPoolTaskRunner({ limit: 1 }) }, () => wait.submit())();
    `;
    const pids: number[] = [];
    await runProgram({
      files: { "main.ts": main, "tasks.ts": TASKS },
      async meanwhile(child, output) {
        await vi.waitFor(() => expect(output()).toContain("waiting"), patience);
        pids.push(Number(/waiting (\d+)/.exec(output())?.[1]));
        expect(pids.filter(isAlive)).toHaveLength(1);
        child.kill("SIGKILL");
      },
    });
    await vi.waitFor(() => expect(pids.filter(isAlive)).toEqual([]), patience);
  },
  TIMEOUT_MS,
);

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    // There is no such process.
    return false;
  }
}
