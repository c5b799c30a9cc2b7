/** Servers that are away. */
import { expect, it } from "vitest";
import { closeEngines } from "../../src/api/connect.ts";
import { openHistory } from "../../src/api/open-history.ts";
import { flow } from "../../src/flows/flow.ts";
import { task } from "../../src/tasks/task.ts";
import { inEngine } from "../engine-fixture.ts";
import { cuttableProxy } from "./cuttable-proxy.ts";
import { type ServerUnderTest, TEST_MS } from "./server-under-test.ts";

export function outageCases({ rest, url }: ServerUnderTest): void {
  it(
    "gets what happened while it was away, when it is back",
    async () => {
      const proxy = await cuttableProxy(url());
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
      const run = await rest().flowRun("cut-off");
      expect(await rest().stateNames(run)).toEqual(["Pending", "Running", "Completed"]);
      const tasks = await rest().taskRuns(run.id, 3);
      for (const each of tasks.values()) {
        expect(await rest().stateNames(each)).toEqual(["Pending", "Running", "Completed"]);
      }
    },
    TEST_MS,
  );

  it(
    "that is not there is an error before the flow's code is run",
    async () => {
      const proxy = await cuttableProxy(url());
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
}
