import {
  type PrefectServer,
  startPrefectServer,
  whyNoPrefect,
} from "@sluice/orchestration/testing/prefect-server";
import { newId } from "@sluice/protocol";
import {
  flowRunSchema,
  flowSchema,
  logSchema,
  orchestrationResultSchema,
  stateSchema,
  taskRunSchema,
} from "@sluice/protocol/schemas";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { closeEngines } from "../../src/api/connect.ts";
import { openHistory } from "../../src/api/open-history.ts";
import { flow } from "../../src/flows/flow.ts";
import { runContext } from "../../src/runtime/run-context.ts";
import { runLogger } from "../../src/runtime/run-logger.ts";
import type { SettingOverrides } from "../../src/settings/settings.ts";
import { task } from "../../src/tasks/task.ts";
import { deferred, inEngine, type TestEngine, untilAborted } from "../engine-fixture.ts";
import { runProgram } from "../task-runners/run-program.ts";
import { cuttableProxy } from "./cuttable-proxy.ts";
import { PrefectRest } from "./prefect-rest.ts";

const reason = whyNoPrefect();
const START_MS = 90_000;
const TEST_MS = 60_000;

/** Our SDK against a real Prefect 3 server; what is asserted is what that server says. */
describe.skipIf(reason !== undefined)(
  `a real Prefect server${reason === undefined ? "" : `: ${reason}`}`,
  () => {
    let server: PrefectServer;
    let rest: PrefectRest;
    beforeAll(async () => {
      server = await startPrefectServer();
      rest = new PrefectRest(server.url);
    }, START_MS);
    afterAll(() => server?.stop());

    /** A test whose flows run against the server. */
    function serverTest(
      behaviour: string,
      body: (engine: TestEngine) => Promise<void>,
      settings: SettingOverrides = {},
    ): void {
      it(behaviour, () => inEngine(body, { "api.url": server.url, ...settings }), TEST_MS);
    }

    serverTest("shows a flow run with its parameters, tags, tasks, inputs, states and logs", async () => {
      const double = task({ name: "double", tags: ["math"] }, async (value: number) => {
        runLogger().info("Doubled", { value });
        return value * 2;
      });
      const sum = task({ name: "sum" }, async (left: number, right: number) => left + right);
      const numbers = flow(
        { name: "numbers", tags: ["shown"], version: "7" },
        async ({ first }: { first: number }) => {
          runLogger().warn("Here we go");
          const left = double.submit(first);
          return sum(await double(first), left);
        },
      );
      expect(await numbers({ first: 3 })).toBe(12);

      const run = await rest.flowRun("numbers");
      expect(run).toMatchObject({
        state_name: "Completed",
        parameters: { first: 3 },
        tags: ["shown"],
        flow_version: "7",
        run_count: 1,
      });
      expect(await rest.stateNames(run)).toEqual(["Pending", "Running", "Completed"]);
      const tasks = await rest.taskRuns(run.id, 3);
      const [submitted, total] = [tasks.get("double-0"), tasks.get("sum-0")];
      if (submitted === undefined || total === undefined)
        throw new Error(`There are ${[...tasks.keys()].join()}.`);
      expect(submitted).toMatchObject({ state_name: "Completed", tags: ["shown", "math"], run_count: 1 });
      expect(total.task_inputs["right"]).toEqual([{ input_type: "task_run", id: submitted.id }]);
      expect(await rest.stateNames(submitted)).toEqual(["Pending", "Running", "Completed"]);
      expect((await rest.logs(run.id, "sluice.flow_runs")).map(({ message }) => message)).toEqual([
        "Here we go",
      ]);
      const lines = await rest.logs(run.id, "sluice.task_runs");
      expect(lines.map(({ message }) => message)).toEqual(["Doubled value=3", "Doubled value=3"]);
      expect(lines.map((line) => line.task_run_id)).toContain(submitted.id);
      const graph = await rest.graph(run.id);
      expect(graph.get("sum-0")?.parents).toContainEqual({ id: submitted.id });
      expect(graph.get("double-0")?.children).toContainEqual({ id: total.id });
    });

    serverTest("shows sub-flows under their parent, with what they were given", async () => {
      const load = task({ name: "load" }, async () => ({ rows: 5 }));
      const inner = flow(
        { name: "inner-flow" },
        async ({ table }: { table: { rows: number } }) => table.rows,
      );
      const outer = flow({ name: "outer-flow" }, async () => inner({ table: await load() }));
      expect(await outer()).toBe(5);

      const [parent, child] = [await rest.flowRun("outer-flow"), await rest.flowRun("inner-flow")];
      const tasks = await rest.taskRuns(parent.id, 2);
      const tracking = tasks.get("inner-flow-0");
      expect(child.parent_task_run_id).toBe(tracking?.id);
      expect(tracking).toMatchObject({
        state_name: "Completed",
        state: { state_details: { child_flow_run_id: child.id } },
      });
      expect(tracking?.task_inputs["table"]).toEqual([
        { input_type: "task_run", id: tasks.get("load-0")?.id },
      ]);
      const nodes = [...(await rest.graph(parent.id)).values()];
      const node = nodes.find(({ kind }) => kind === "flow-run");
      expect(node).toMatchObject({
        id: child.id,
        state_type: "COMPLETED",
        parents: [{ id: tasks.get("load-0")?.id }],
      });
    });

    serverTest("shows tasks called by tasks inside them", async () => {
      const part = task({ name: "part" }, async () => 1);
      const whole = task({ name: "whole" }, async () => part());
      await flow({ name: "nested-tasks" }, () => whole())();
      const run = await rest.flowRun("nested-tasks");
      const tasks = await rest.taskRuns(run.id, 2);
      expect((await rest.graph(run.id)).get("part-0")?.encapsulating).toEqual([
        { id: tasks.get("whole-0")?.id },
      ]);
    });

    serverTest("shows why a flow and its task failed", async () => {
      const breaks = task({ name: "breaks" }, async () => {
        throw new TypeError("no such column");
      });
      await expect(flow({ name: "broken" }, () => breaks())()).rejects.toThrow("no such column");
      const run = await rest.flowRun("broken");
      expect(run.state).toMatchObject({ type: "FAILED", name: "Failed" });
      expect(run.state?.message).toContain("no such column");
      const failed = (await rest.taskRuns(run.id, 1)).get("breaks-0");
      expect(failed?.state?.message).toBe("Task run encountered an exception: TypeError: no such column");
    });

    serverTest("decides retries of flows, and is told of those of tasks", async () => {
      let attempts = 0;
      let tries = 0;
      const flaky = task({ name: "flaky", retries: 2, retryDelaySeconds: 0.05 }, async () => {
        tries += 1;
        if (tries === 1) throw new Error("once");
      });
      const retried = flow({ name: "retried", retries: 1, retryDelaySeconds: 0.2 }, async () => {
        attempts += 1;
        if (attempts === 1) throw new Error("not yet");
        await flaky();
        return attempts;
      });
      expect(await retried()).toBe(2);
      const run = await rest.flowRun("retried");
      expect(run).toMatchObject({ run_count: 2, empirical_policy: { retries: 1, retry_delay: 1 } });
      expect(await rest.stateNames(run)).toEqual([
        "Pending",
        "Running",
        "AwaitingRetry",
        "Running",
        "Completed",
      ]);
      const [flakyRun] = [...(await rest.taskRuns(run.id, 1)).values()];
      if (flakyRun === undefined) throw new Error("no task run");
      expect(flakyRun).toMatchObject({ run_count: 2, flow_run_run_count: 2 });
      const names = ["Pending", "Running", "AwaitingRetry", "Retrying", "Completed"];
      expect(await rest.stateNames(flakyRun)).toEqual(names);
    });

    serverTest(
      "cancels a flow that runs, and what runs in it",
      async () => {
        const begun = deferred<string>();
        const waits = task({ name: "waits" }, () => {
          begun.resolve("");
          return untilAborted(runContext().signal);
        });
        const state = flow({ name: "to-be-cancelled" }, () => waits()).returnState();
        await begun.promise;
        const run = await rest.flowRun("to-be-cancelled");
        const cancelling = { type: "CANCELLING", name: "Cancelling", message: "by a person" };
        await rest.post(`/flow_runs/${run.id}/set_state`, { state: cancelling });
        expect((await state).message).toBe("Flow run was cancelled: by a person");
        expect(await rest.stateNames(run)).toEqual(["Pending", "Running", "Cancelling", "Cancelled"]);
        expect((await rest.taskRuns(run.id, 1)).get("waits-0")?.state_name).toBe("Cancelled");
      },
      { "flows.cancel_poll_seconds": 0.1 },
    );

    it(
      "shows that a flow crashed whose process was told to end",
      async () => {
        const main = `
        import { flow, task, runContext } from "@sluice/core";
        const waits = task({ name: "waits" }, () => new Promise((_, reject) => {
          setInterval(() => undefined, 1000).unref();
          runContext().signal.addEventListener("abort", () => reject(runContext().signal.reason));
          setTimeout(() => process.stdout.write("ready"), 50);
        }));
        await flow({ name: "killed" }, () => waits())();`;
        const end = await runProgram({
          files: { "main.ts": main },
          env: { SLUICE_API_URL: server.url, SLUICE_LOGGING_TO_TERMINAL: "false" },
          meanwhile: async (child, output) => {
            await vi.waitFor(() => expect(output()).toBe("ready"), { timeout: 30_000 });
            child.kill("SIGTERM");
          },
        });
        expect([end.exitCode, end.signal, end.stderr]).toEqual([null, "SIGTERM", ""]);
        const run = await rest.flowRun("killed");
        expect(run.state).toMatchObject({
          type: "CRASHED",
          message: "The process of the flow run was told to stop (SIGTERM)",
        });
        expect((await rest.taskRuns(run.id, 1)).get("waits-0")?.state_type).toBe("CRASHED");
      },
      TEST_MS,
    );

    serverTest("has every one of a hundred mapped tasks", async () => {
      const square = task({ name: "square" }, async (value: number) => value * value);
      const squares = flow({ name: "squares" }, () =>
        square.map(Array.from({ length: 100 }, (_, index) => index)),
      );
      expect(await squares()).toHaveLength(100);
      const run = await rest.flowRun("squares");
      const body = {
        flow_runs: { id: { any_: [run.id] } },
        task_runs: { state: { type: { any_: ["COMPLETED"] } } },
      };
      await vi.waitFor(async () => expect(await rest.post("/task_runs/count", body)).toBe(100), {
        timeout: 30_000,
        interval: 200,
      });
    });

    serverTest("answers in the forms of our schemas", async ({ api }) => {
      const created = await api.flows.create({ name: "forms" });
      const run = await api.flowRuns.create({ flow_id: created.id, tags: ["form"] });
      const tracking = await api.taskRuns.create({ task_key: "k", dynamic_key: "0", flow_run_id: run.id });
      await api.logs.create([
        {
          id: newId(),
          name: "form",
          level: 20,
          message: "\u0000 ü",
          timestamp: new Date().toISOString(),
          flow_run_id: run.id,
        },
      ]);
      const answer = await api.flowRuns.setState(run.id, { state: { type: "RUNNING" } });
      orchestrationResultSchema.parse(answer);
      flowSchema.parse(await api.flows.get(created.id));
      flowRunSchema.parse(await api.flowRuns.get(run.id));
      taskRunSchema.parse(await api.taskRuns.get(tracking.id));
      for (const state of await api.flowRuns.states(run.id)) stateSchema.parse(state);
      for (const state of await api.taskRuns.states(tracking.id)) stateSchema.parse(state);
      for (const each of await api.flows.filter({ limit: 200 })) flowSchema.parse(each);
      for (const each of await api.flowRuns.filter({ limit: 200 })) flowRunSchema.parse(each);
      for (const each of await api.taskRuns.filter({ limit: 200 })) taskRunSchema.parse(each);
      const lines = await vi.waitFor(async () => {
        const found = await api.logs.filter({ logs: { flow_run_id: { any_: [run.id] } } });
        expect(found).toHaveLength(1);
        return found;
      });
      for (const line of lines) logSchema.parse(line);
      expect(await api.flowRuns.count({ flow_runs: { id: { any_: [run.id] } } })).toBe(1);
      await api.flowRuns.update(run.id, { name: "renamed" });
      expect((await api.flowRuns.get(run.id)).name).toBe("renamed");
      await api.flowRuns.delete(run.id);
      await expect(api.flowRuns.get(run.id)).rejects.toMatchObject({ code: "OBJECT_NOT_FOUND" });
      const bad = api.flows.create({ name: "a/b" });
      await expect(bad).rejects.toMatchObject({ code: "INVALID_REQUEST" });
      await expect(bad).rejects.toThrow("body.name");
      const orphan = api.flowRuns.create({ flow_id: newId() });
      await expect(orphan).rejects.toMatchObject({ code: "CONFLICT" });
    });

    it(
      "gets what happened while it was away, when it is back",
      async () => {
        const proxy = await cuttableProxy(server.url);
        const settings = { "api.url": proxy.url, "api.max_retries": 0 };
        const step = task({ name: "step" }, async (name: string) => {
          if (name === "second") proxy.cut();
          return name;
        });
        try {
          await inEngine(async () => {
            const state = await flow({ name: "cut-off" }, async () => {
              await step("first");
              await step("second");
              return step("third");
            }).returnState();
            expect([state.type, await state.result()]).toEqual(["COMPLETED", "third"]);
            await closeEngines();
            proxy.mend();
            await openHistory();
          }, settings);
        } finally {
          await proxy.close();
        }
        const run = await rest.flowRun("cut-off");
        expect(await rest.stateNames(run)).toEqual(["Pending", "Running", "Completed"]);
        const tasks = await rest.taskRuns(run.id, 3);
        for (const each of tasks.values()) {
          expect(await rest.stateNames(each)).toEqual(["Pending", "Running", "Completed"]);
        }
      },
      TEST_MS,
    );

    it(
      "that is not there is an error before the flow's code is run",
      async () => {
        const proxy = await cuttableProxy(server.url);
        await proxy.close();
        let calls = 0;
        // The engine's fixture opens the history first.
        const running = inEngine(
          async () => {
            await flow({ name: "nowhere" }, () => {
              calls += 1;
            })();
          },
          { "api.url": proxy.url },
        );
        await expect(running).rejects.toMatchObject({ code: "HISTORY_UNAVAILABLE" });
        expect(calls).toBe(0);
      },
      TEST_MS,
    );
  },
);

describe.skipIf(reason !== undefined)(
  "a real Prefect server with a password and tokens against forgery",
  () => {
    const authString = "admin:pa55-word";
    let server: PrefectServer;
    beforeAll(async () => {
      server = await startPrefectServer({
        env: { PREFECT_SERVER_API_AUTH_STRING: authString, PREFECT_SERVER_CSRF_PROTECTION_ENABLED: "true" },
      });
    }, START_MS);
    afterAll(() => server?.stop());

    it(
      "lets those in who know it",
      async () => {
        const settings = { "api.url": server.url, "api.auth_string": authString };
        await inEngine(async () => {
          expect(await flow({ name: "let-in" }, () => task({ name: "in" }, async () => "in")())()).toBe("in");
        }, settings);
        const basic = `Basic ${Buffer.from(authString).toString("base64")}`;
        const client = newId();
        const rest = new PrefectRest(server.url, { Authorization: basic });
        const { token } = await rest.get<{ token: string }>(`/csrf-token?client=${client}`);
        const trusted = { Authorization: basic, "Prefect-Csrf-Token": token, "Prefect-Csrf-Client": client };
        const run = await new PrefectRest(server.url, trusted).flowRun("let-in");
        expect(run.state_name).toBe("Completed");
        expect(await new PrefectRest(server.url, trusted).taskRuns(run.id, 1)).toHaveLength(1);
      },
      TEST_MS,
    );

    it(
      "says to others what to set",
      async () => {
        const settings = { "api.url": server.url, "api.auth_string": "admin:wrong-one" };
        const opening = inEngine(async () => undefined, settings);
        await expect(opening).rejects.toThrow(/401.*SLUICE_API_AUTH_STRING/);
        await expect(opening).rejects.not.toThrow("wrong-one");
      },
      TEST_MS,
    );
  },
);
