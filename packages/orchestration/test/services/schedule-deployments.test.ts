import type { ScheduleCreate } from "@sluice/protocol";
import { describe, expect, it } from "vitest";
import { LocalApi } from "../../src/local-api.ts";
import { MemoryStore } from "../../src/memory-store.ts";
import { scheduleDeployments } from "../../src/services/schedule-deployments.ts";
import { addSeconds } from "../../src/timestamp.ts";

const START = "2026-11-20T12:00:00.000000Z";
const HOUR = 3600;
const DAY = 86_400;

class Installation {
  now = START;
  readonly store = new MemoryStore();
  readonly api = new LocalApi({ store: this.store, clock: () => new Date(this.now) });

  pass(seconds: number): void {
    this.now = addSeconds(this.now, seconds);
  }

  async deploy(schedules: readonly ScheduleCreate[], members: { paused?: boolean } = {}): Promise<string> {
    const flow = await this.api.flows.create({ name: "etl" });
    const deployment = await this.api.deployments.create({
      name: `d-${await this.api.deployments.count({})}`,
      flow_id: flow.id,
      schedules: schedules.map((schedule) => ({ schedule })),
      ...members,
    });
    return deployment.id;
  }

  /** When the scheduled runs are due, from now on. */
  async ahead(): Promise<string[]> {
    const runs = await this.store.flowRuns.list({
      where: {
        type: "all",
        conditions: [
          { type: "equals", member: "state_type", value: "SCHEDULED" },
          { type: "at-least", member: "next_scheduled_start_time", value: this.now },
        ],
      },
      orderBy: [{ member: "next_scheduled_start_time", direction: "asc" }],
    });
    return runs.map((run) => run.next_scheduled_start_time ?? "");
  }
}

describe("the scheduler", () => {
  it("has nothing to do after a deployment, whose first runs are made with it", async () => {
    const installation = new Installation();
    await installation.deploy([{ cron: "0 9 * * *" }, { interval: 60 }]);
    expect(await scheduleDeployments(installation.api.context)).toEqual({
      created: 0,
      failures: [],
      hasMore: false,
    });
  });

  it("keeps three runs ahead of a schedule that is seldom due", async () => {
    const installation = new Installation();
    await installation.deploy([{ cron: "0 9 * * *" }]);
    expect(await installation.ahead()).toHaveLength(3);
    installation.pass(DAY);
    expect(await scheduleDeployments(installation.api.context)).toMatchObject({ created: 1 });
    expect(await installation.ahead()).toEqual([
      "2026-11-22T09:00:00.000000Z",
      "2026-11-23T09:00:00.000000Z",
      "2026-11-24T09:00:00.000000Z",
    ]);
    expect(await scheduleDeployments(installation.api.context)).toMatchObject({ created: 0 });
  });

  it("keeps an hour of runs ahead of a schedule that is often due, however long it looked away", async () => {
    const installation = new Installation();
    await installation.deploy([{ interval: 60, anchor_date: START }]);
    for (const seconds of [300, 900, 60, 3 * HOUR]) {
      installation.pass(seconds);
      await scheduleDeployments(installation.api.context);
      const ahead = await installation.ahead();
      expect((ahead.at(-1) ?? "") >= addSeconds(installation.now, HOUR)).toBe(true);
      expect(new Set(ahead).size).toBe(ahead.length);
      expect(ahead.slice(1, 61)).toEqual(
        Array.from({ length: 60 }, (_, minute) => addSeconds(ahead[0] ?? "", 60 * (minute + 1))),
      );
    }
  });

  it("leaves a run away that somebody deleted", async () => {
    const installation = new Installation();
    await installation.deploy([{ cron: "0 9 * * *" }]);
    const [first] = await installation.store.flowRuns.list({
      orderBy: [{ member: "next_scheduled_start_time", direction: "asc" }],
    });
    await installation.api.flowRuns.delete(first?.id ?? "");
    installation.pass(DAY);
    await scheduleDeployments(installation.api.context);
    expect(await installation.ahead()).not.toContain("2026-11-21T09:00:00.000000Z");
    expect(await installation.ahead()).toHaveLength(3);
  });

  it("leaves paused deployments and schedules that have ended alone", async () => {
    const installation = new Installation();
    const id = await installation.deploy([{ interval: 60 }]);
    await installation.deploy([{ rrule: "DTSTART:20261121T090000\nRRULE:FREQ=DAILY;COUNT=2" }]);
    await installation.api.deployments.pause(id);
    expect(await installation.ahead()).toHaveLength(2);
    installation.pass(10 * DAY);
    expect(await scheduleDeployments(installation.api.context)).toMatchObject({ created: 0, failures: [] });
    await installation.api.deployments.resume(id);
    expect((await installation.ahead()).length).toBeGreaterThan(60);
  });

  it("tells of a schedule that cannot be followed, goes on with the others, and comes back to it in an hour", async () => {
    const installation = new Installation();
    await installation.deploy([{ interval: DAY, anchor_date: START }]);
    await installation.deploy([{ interval: DAY, anchor_date: START }]);
    const schedules = installation.store.objects("deployment_schedule");
    const [broken] = await schedules.list({});
    await schedules.update(broken?.id ?? "", {
      schedule: { cron: "nonsense", timezone: null, day_or: true },
    });
    installation.pass(DAY);
    const report = await scheduleDeployments(installation.api.context);
    expect(report).toMatchObject({ created: 1, failures: [{ scheduleId: broken?.id }] });
    expect(String(report.failures[0]?.error)).toContain("nonsense");
    expect((await schedules.find(broken?.id ?? ""))?.next_scheduling_time).toBe(
      addSeconds(installation.now, HOUR),
    );
  });

  it("makes each run once, however many schedulers look at the same time", async () => {
    const installation = new Installation();
    for (let n = 0; n < 30; n += 1) await installation.deploy([{ interval: DAY, anchor_date: START }]);
    installation.pass(DAY);
    const reports = await Promise.all(
      Array.from({ length: 4 }, () => scheduleDeployments(installation.api.context)),
    );
    expect(reports.reduce((sum, { created }) => sum + created, 0)).toBe(30);
  });
});
