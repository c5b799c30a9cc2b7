import { describe, expect, it, vi } from "vitest";
import { spawnSluice } from "../spawn-sluice.ts";
import { setUpDeployment } from "./deployed.ts";

const SLOW = { timeout: 40_000 };
const DAILY = { schedule: { cron: "@daily", timezone: "UTC" }, slug: "nights", parameters: { limit: 3 } };
const SPAN = "--from 2026-03-01T00:00:00Z --to 2026-03-03T12:00:00Z";

describe("sluice deployment backfill", SLOW, () => {
  it("makes a run for every instant that has none, and none twice", async () => {
    const sluice = await setUpDeployment({ parameters: { day: "x" }, schedules: [DAILY] });
    const plan = await sluice(`deployment backfill nightly ${SPAN} --dry-run`);
    expect(plan.stdout).toBe(
      ["01", "02", "03"].map((day) => `2026-03-${day}T00:00:00.000000Z\tto be made\n`).join(""),
    );
    const made = await sluice(`deployment backfill nightly ${SPAN}`);
    expect(made.stdout).toBe("Made 3 runs of report/nightly; 0 of 3 instants had one.\n");
    const runs = await sluice.inHistory((api) =>
      api.flowRuns.filter({ flow_runs: { tags: { all_: ["backfill"] } }, sort: "EXPECTED_START_TIME_ASC" }),
    );
    expect(runs).toMatchObject([
      { expected_start_time: "2026-03-01T00:00:00.000000Z", parameters: { day: "x", limit: 3 } },
      { expected_start_time: "2026-03-02T00:00:00.000000Z" },
      { expected_start_time: "2026-03-03T00:00:00.000000Z" },
    ]);
    const again = await sluice(`deployment backfill nightly --from 2026-02-28T00:00:00Z ${SPAN.slice(28)}`);
    expect(again.stdout).toBe("Made 1 run of report/nightly; 3 of 4 instants had one.\n");
  });

  it("with --concurrency makes the next run when one has ended, and says how they ended", async () => {
    const sluice = await setUpDeployment({ parameters: { day: "x" }, schedules: [DAILY] });
    const args = `deployment backfill nightly ${SPAN} --concurrency 1 --json`.split(" ");
    const backfill = spawnSluice(args, { home: sluice.home });
    const endOne = (type: "COMPLETED" | "FAILED"): Promise<void> =>
      sluice.inHistory((api) =>
        vi.waitFor(
          async () => {
            const runs = await api.flowRuns.filter({
              flow_runs: { tags: { all_: ["backfill"] }, state: { type: { any_: ["SCHEDULED"] } } },
            });
            expect(runs).toHaveLength(1);
            await api.flowRuns.setState(runs[0]?.id ?? "", { state: { type }, force: true });
          },
          { timeout: 20_000, interval: 50 },
        ),
      );
    for (const type of ["COMPLETED", "FAILED", "COMPLETED"] as const) await endOne(type);
    const { code, stdout } = await backfill.ended;
    expect([code, JSON.parse(stdout)]).toEqual([
      1,
      { instants: 3, known: 0, made: 3, completed: 2, failed: 1 },
    ]);
  });

  it.each([
    [`${SPAN} --schedule nihgts`, 1, "Did you mean nights?"],
    ["--from 2026-03-02 --to 2026-03-01", 1, "--from is later than --to"],
    ["--from 2026-03-02 --to 2100-01-01", 1, "--to is in the future"],
    ["--from 1980-01-01 --to 2026-01-01", 1, "more than 10000 instants"],
    ["--from 2026-03-02", 2, "--to <instant>"],
    [`${SPAN} --concurrency 201`, 2, "It takes at most 200."],
  ])("refuses %j", async (options, code, message) => {
    const sluice = await setUpDeployment({ schedules: [DAILY], parameters: { day: "x" } });
    const ran = await sluice(`deployment backfill nightly ${options}`);
    expect(ran).toMatchObject({ code, stdout: "" });
    expect(ran.stderr).toContain(message);
  });
});
