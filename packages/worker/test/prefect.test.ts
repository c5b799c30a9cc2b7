import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import {
  type PrefectServer,
  prefectPython,
  startPrefectServer,
  whyNoPrefect,
} from "@sluice/orchestration/testing/prefect-server";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { CORE, POOL, workedPool } from "./worked-pool.ts";

vi.setConfig({ testTimeout: 120_000, hookTimeout: 150_000 });

const reason = whyNoPrefect();

describe.skipIf(reason !== undefined)(
  `a worker of a real Prefect server's pool${reason ? ` (${reason})` : ""}`,
  () => {
    let server: PrefectServer;
    beforeAll(async () => {
      server = await startPrefectServer();
    });
    afterAll(() => server.stop());

    it("runs TypeScript and Python, hears cancellations, and tells what crashed", async () => {
      const pool = await workedPool(server.url);
      const { worker } = pool.startWorker();
      await vi.waitFor(async () => expect(await pool.api.workers.filter(POOL, {})).toHaveLength(1), 20_000);

      const greeting = `import { flow, sleep } from ${CORE};
      export const report = flow({ name: "report" }, async ({ who, seconds = 0 }) => {
        if (who === undefined) process.exit(4);
        await sleep(seconds);
        return who;
      });`;
      const id = await pool.deploy(greeting, { enforce_parameter_schema: false });
      const done = await pool.run(id, { who: "you" });
      await pool.until(done.id, "COMPLETED");

      const sleeping = await pool.run(id, { who: "you", seconds: 600 });
      await pool.until(sleeping.id, "RUNNING");
      await pool.api.flowRuns.setState(sleeping.id, { state: { type: "CANCELLING" } });
      await pool.until(sleeping.id, "CANCELLED");

      const crashed = await pool.run(id);
      expect((await pool.until(crashed.id, "CRASHED")).state?.message).toContain("exit code 4");

      await writeFile(
        join(pool.directory, "greet.py"),
        "from prefect import flow\n\n@flow(name='report')\ndef greet(who: str):\n    return 'hello ' + who\n",
      );
      const python = await pool.deploy("", {
        entrypoint: "greet.py:greet",
        job_variables: {
          command: `${prefectPython()} -m prefect.engine`,
          env: { PREFECT_HOME: server.home, DO_NOT_TRACK: "1" },
        },
      });
      const greeted = await pool.run(python, { who: "you" });
      await pool.until(greeted.id, "COMPLETED");
      await vi.waitFor(() => expect(worker.size).toBe(0), 20_000);
    });
  },
);
