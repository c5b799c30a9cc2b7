/** Flows that are told to stop, from elsewhere and by signals. */
import { expect, it, vi } from "vitest";
import { flow } from "../../src/flows/flow.ts";
import { runContext } from "../../src/runtime/run-context.ts";
import { task } from "../../src/tasks/task.ts";
import { deferred, untilAborted } from "../engine-fixture.ts";
import { type ProgramEnd, runProgram } from "../task-runners/run-program.ts";
import { type ServerUnderTest, TEST_MS } from "./server-under-test.ts";

export function interruptionCases({ rest, url, test }: ServerUnderTest): void {
  test(
    "cancels a flow that runs, and what runs in it",
    async () => {
      const begun = deferred();
      const waits = task({ name: "waits" }, () => {
        begun.resolve();
        return untilAborted(runContext().signal);
      });
      const state = flow({ name: "to-be-cancelled" }, () => waits()).returnState();
      await begun.promise;
      const run = await rest().flowRun("to-be-cancelled");
      const cancelling = { type: "CANCELLING", name: "Cancelling", message: "by a person" };
      await rest().post(`/flow_runs/${run.id}/set_state`, { state: cancelling });
      expect((await state).message).toBe("Flow run was cancelled: by a person");
      expect(await rest().stateNames(run)).toEqual(["Pending", "Running", "Cancelling", "Cancelled"]);
      expect((await rest().taskRuns(run.id, 1)).get("waits-0")?.state_name).toBe("Cancelled");
    },
    { "flows.cancel_poll_seconds": 0.1 },
  );

  it(
    "shows that a flow crashed whose process was told to end",
    async () => {
      const end = await signalled("told-to-end", "SIGTERM", url());
      expect([end.exitCode, end.signal, end.stderr]).toEqual([null, "SIGTERM", ""]);
      const run = await rest().flowRun("told-to-end");
      const message = "The process of the flow run was told to stop (SIGTERM)";
      expect(run.state).toMatchObject({ type: "CRASHED", message });
      expect((await rest().taskRuns(run.id, 1)).get("waits-0")?.state_type).toBe("CRASHED");
    },
    TEST_MS,
  );
}

/** Servers with leases find out by themselves. */
export function killCases({ rest, url }: ServerUnderTest): void {
  it(
    "finds that a flow crashed whose process was killed",
    async () => {
      const end = await signalled("killed", "SIGKILL", url());
      expect(end.signal).toBe("SIGKILL");
      await vi.waitFor(async () => expect((await rest().flowRun("killed")).state_type).toBe("CRASHED"), {
        timeout: 40_000,
        interval: 500,
      });
    },
    TEST_MS,
  );
}

/** A program whose flow waits in a task until a signal comes. */
function signalled(flowName: string, signal: NodeJS.Signals, url: string): Promise<ProgramEnd> {
  const main = `
    import { flow, task, runContext } from "@sluice/core";
    const waits = task({ name: "waits" }, () => new Promise((_, reject) => {
      setInterval(() => undefined, 1000).unref();
      runContext().signal.addEventListener("abort", () => reject(runContext().signal.reason));
      setTimeout(() => process.stdout.write("ready"), 50);
    }));
    await flow({ name: ${JSON.stringify(flowName)} }, () => waits())();`;
  return runProgram({
    files: { "main.ts": main },
    env: {
      SLUICE_API_URL: url,
      SLUICE_LOGGING_TO_TERMINAL: "false",
      SLUICE_FLOWS_HEARTBEAT_SECONDS: "0.3",
      SLUICE_FLOWS_LEASE_SECONDS: "1",
    },
    meanwhile: async (child, output) => {
      await vi.waitFor(() => expect(output()).toBe("ready"), { timeout: 30_000 });
      child.kill(signal);
    },
  });
}
