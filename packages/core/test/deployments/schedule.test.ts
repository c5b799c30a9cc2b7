import { describe, expect, it } from "vitest";
import { cron, interval, rrule, wireSchedules } from "../../src/deployments/schedule.ts";

describe("schedules", () => {
  it("are sent as Prefect's servers read them", async () => {
    const anchor = new Date("2026-01-01T06:00:00Z");
    const sent = await wireSchedules("x", [
      cron("0 6 * * mon-fri", { timezone: "Europe/Paris", dayOr: false, slug: "mornings" }),
      interval({ hours: 1, minutes: 30 }, { anchor, parameters: { limit: 5 } }),
      interval(90, { active: false, maxScheduledRuns: 3 }),
      rrule("FREQ=MONTHLY;BYDAY=-1FR", { timezone: "Asia/Tokyo" }),
    ]);
    expect(sent).toEqual([
      {
        schedule: { cron: "0 6 * * mon-fri", timezone: "Europe/Paris", day_or: false },
        active: true,
        parameters: {},
        slug: "mornings",
      },
      {
        schedule: { interval: 5400, timezone: null, anchor_date: "2026-01-01T06:00:00.000Z" },
        active: true,
        parameters: { limit: 5 },
      },
      { schedule: { interval: 90, timezone: null }, active: false, parameters: {}, max_scheduled_runs: 3 },
      {
        schedule: { rrule: "FREQ=MONTHLY;BYDAY=-1FR", timezone: "Asia/Tokyo" },
        active: true,
        parameters: {},
      },
    ]);
  });

  it("refuse a time zone that nobody knows as they are made", () => {
    expect(() => cron("0 6 * * *", { timezone: "Europe/Pariss" })).toThrow(
      'cron("0 6 * * *"): option timezone must be a time zone of the IANA database, such as Europe/Paris, not "Europe/Pariss".',
    );
    expect(() => rrule("FREQ=DAILY", { timezone: "+02:00" })).toThrow("timezone");
  });

  it("refuse a span of nothing, an empty text and an option that they do not have", () => {
    expect(() => interval({ hours: 0 })).toThrow("longer than nothing");
    expect(() => interval({ hour: 1 } as never)).toThrow("longer than nothing");
    expect(() => cron("")).toThrow('cron(…) needs a text such as "0 6 * * *".');
    expect(() => interval(5, { dayOr: true } as never)).toThrow('has no option "dayOr"');
    expect(() => interval(5, { anchor: new Date(Number.NaN) })).toThrow("option anchor must be a Date");
  });

  it("are checked before any of them is sent, and say which deployment they are of", async () => {
    await expect(wireSchedules('Deployment "a/b"', [cron("0 25 * * *")])).rejects.toMatchObject({
      code: "INVALID_OPTION",
      message: expect.stringMatching(/^Deployment "a\/b": .*hour.*25/u),
    });
    await expect(wireSchedules("x", [rrule("FREQ=NEVER")])).rejects.toMatchObject({ code: "INVALID_OPTION" });
    const twins = [cron("@daily", { slug: "a" }), cron("@hourly", { slug: "a" })];
    await expect(wireSchedules("x", twins)).rejects.toThrow('two schedules have the slug "a"');
  });
});
