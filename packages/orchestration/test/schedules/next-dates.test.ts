import { readFileSync } from "node:fs";
import type { Schedule } from "@sluice/protocol";
import { describe, expect, it } from "vitest";
import { completeSchedule } from "../../src/schedules/complete-schedule.ts";
import { nextDates } from "../../src/schedules/next-dates.ts";

interface GoldenCase {
  readonly name: string;
  readonly schedule: Schedule;
  readonly from: string;
  readonly count: number | null;
  readonly until: string | null;
  /** Null where Prefect itself fails. */
  readonly dates: string[] | null;
}

interface Golden {
  readonly cases: readonly GoldenCase[];
  readonly refused: readonly { readonly schedule: Schedule }[];
  readonly anchored_at: string;
  readonly anchored: readonly { readonly schedule: Schedule; readonly rrule: string }[];
}

/** Made by make-golden-dates.py from Prefect's own schedules. */
const golden: Golden = JSON.parse(
  readFileSync(new URL("golden-dates.json", import.meta.url), "utf8"),
) as Golden;

const NOW = "2026-11-20T11:30:00.000000Z";
const range = ({ from, count, until }: GoldenCase) => ({
  from,
  count: count ?? undefined,
  until: until ?? undefined,
});
const byName = (name: string): GoldenCase => {
  const found = golden.cases.find((golden) => golden.name === `differs: ${name}`);
  if (found === undefined) throw new Error(`golden-dates.json has no case "differs: ${name}".`);
  return found;
};
const isoSeconds = (dates: readonly string[]) => dates.map((date) => `${date.slice(0, 19)}Z`);

describe("the dates of schedules are Prefect's:", () => {
  const same = golden.cases.filter(({ name }) => !name.startsWith("differs: "));

  it.each(same)("$name ($schedule)", async (golden) => {
    expect(await nextDates(golden.schedule, range(golden))).toEqual(golden.dates);
  });
});

describe("the dates of schedules differ from Prefect's on purpose:", () => {
  const differing: readonly { name: string; why: string; dates: readonly string[] }[] = [
    {
      name: "daily at nine, asked a season after the anchor",
      why: "keep the hour of the anchor whenever they are asked for",
      dates: ["2026-07-01T13:00:00Z", "2026-07-02T13:00:00Z"],
    },
    {
      name: "daily at a wall clock that spring skips",
      why: "go back to their hour on the day after",
      dates: ["2026-03-07T07:30:00Z", "2026-03-08T07:30:00Z", "2026-03-09T06:30:00Z", "2026-03-10T06:30:00Z"],
    },
    {
      name: "daily at half past two where New York skips it",
      why: "move a skipped time forward in rules as in cron and in intervals",
      dates: ["2026-03-07T07:30:00Z", "2026-03-08T07:30:00Z", "2026-03-09T06:30:00Z"],
    },
    {
      name: "a start in the second of two equal hours",
      why: "are never before what was asked for",
      dates: ["2026-11-01T07:00:00Z", "2026-11-01T07:30:00Z", "2026-11-01T08:00:00Z"],
    },
    {
      name: "first Monday or the 15th",
      why: "are found for what Prefect accepts and then fails to follow",
      dates: ["2026-12-07T18:00:00Z", "2026-12-15T18:00:00Z", "2027-01-04T18:00:00Z", "2027-01-15T18:00:00Z"],
    },
    {
      name: "days of the month in steps, both",
      why: "do not miss the first of March, after the February that is too short for the 31st",
      dates: ["2026-12-21T00:00:00Z", "2027-01-11T00:00:00Z", "2027-02-01T00:00:00Z", "2027-03-01T00:00:00Z"],
    },
    {
      name: "steps over midnight",
      why: "keep their step over the end of a range",
      dates: ["2026-11-18T22:00:00Z", "2026-11-19T03:00:00Z", "2026-11-19T22:00:00Z"],
    },
  ];

  it("says so of every case that is marked as different", () => {
    const marked = golden.cases.filter(({ name }) => name.startsWith("differs: ")).map(({ name }) => name);
    expect(marked.toSorted()).toEqual(differing.map(({ name }) => `differs: ${name}`).toSorted());
  });

  it.each(differing)("they $why ($name)", async ({ name, dates }) => {
    const golden = byName(name);
    const given = isoSeconds(await nextDates(golden.schedule, range(golden)));
    expect(given).toEqual(dates);
    expect(given).not.toEqual(isoSeconds(golden.dates ?? []));
  });
});

describe("schedules that cannot be followed", () => {
  const badIntervals = (schedule: Schedule) => "interval" in schedule && schedule.interval <= 0;

  // What is no positive number, or longer than a text may be, is refused by the schema.
  it.each(
    golden.refused.filter(
      ({ schedule }) => !badIntervals(schedule) && !("rrule" in schedule && schedule.rrule.length > 6500),
    ),
  )("are refused: $schedule", async ({ schedule }) => {
    const given = { anchor_date: NOW, ...schedule };
    await expect(completeSchedule(given, NOW)).rejects.toMatchObject({ code: "INVALID_REQUEST" });
  });

  it.each([
    [{ cron: "0 24 * * *" }, "hour"],
    [{ cron: "0 0 * * fryday" }, "weekday"],
    [{ cron: "0 0 * *" }, "4 fields"],
    [{ cron: "@daily", timezone: "Mars/Olympus" }, "Mars/Olympus"],
    [{ cron: "@daily", timezone: "+05:30" }, "+05:30"],
    [{ rrule: "FREQ=DAILY;BYEASTER=1" }, "BYEASTER=1"],
    [{ rrule: "FREQ=DAILY;UNTIL=soon" }, "SOON"],
    [{ rrule: "FREQ=DAILY;UNTIL=20260230T000000" }, "20260230"],
    [{ rrule: "FREQ=DAILY;INTERVAL=0" }, "INTERVAL=0"],
    [{ rrule: "FREQ=YEARLY;BYSETPOS=2" }, "BYSETPOS=2"],
    [{ rrule: "DTSTART:20200101T000000\nRRULE:FREQ=SECONDLY;BYHOUR=9;COUNT=10000000" }, "COUNT=10000000"],
    [{ rrule: "RRULE:FREQ=HOURLY\nEXRULE:FREQ=MINUTELY" }, "excludes more dates"],
    [{ interval: 60, timezone: "Nowhere" }, "Nowhere"],
  ])("are refused with what is wrong: %o", async (schedule, named) => {
    await expect(completeSchedule(schedule, NOW)).rejects.toThrow(named);
  });

  it("that have no date are empty", async () => {
    const never: Schedule = { cron: "0 0 30 2 *", timezone: null, day_or: true };
    expect(await nextDates(never, { from: NOW, count: 3 })).toEqual([]);
  });
});

describe("nextDates", () => {
  it.each<Schedule>([
    { interval: 0.000001, anchor_date: "0001-01-01T00:00:00Z", timezone: null },
    { interval: 3_155_760_000, anchor_date: "9999-12-31T23:59:59.999999Z", timezone: "Asia/Kathmandu" },
    { rrule: "DTSTART:99990101T000000\nRRULE:FREQ=YEARLY", timezone: "UTC" },
    { cron: "0 0 1 1 * 0 2099", timezone: "Europe/Paris", day_or: true },
  ])("comes to an end at the ends of time: %o", async (schedule) => {
    const dates = await nextDates(schedule, { from: NOW, count: 3 });
    expect(dates.every((date) => date >= NOW && date < "9999-12-31T00:00:01Z")).toBe(true);
    expect(await nextDates(schedule, { from: "9999-12-31T23:59:59Z", count: 3 })).toEqual([]);
  });

  it("gives one date unless told how many or until when", async () => {
    const daily: Schedule = { cron: "@daily", timezone: null, day_or: true };
    expect(await nextDates(daily, { from: NOW })).toEqual(["2026-11-21T00:00:00.000000Z"]);
  });

  it.each<Schedule>([
    { interval: 0.000001, anchor_date: NOW, timezone: null },
    { cron: "* * * * * *", timezone: null, day_or: true },
  ])("gives a thousand at most: %o", async (schedule) => {
    expect(await nextDates(schedule, { from: NOW, until: "2027-11-20T11:30:00Z" })).toHaveLength(1000);
    expect(await nextDates(schedule, { from: NOW, count: 5000 })).toHaveLength(1000);
    expect(await nextDates(schedule, { from: NOW, count: 0 })).toEqual([]);
  });
});

describe("completeSchedule", () => {
  it("writes the start into rules that have none, as Prefect does where rules are slow", async () => {
    for (const { schedule, rrule } of golden.anchored) {
      const complete = await completeSchedule(schedule, golden.anchored_at);
      const anchored = { ...schedule, rrule } as Schedule;
      const asked = { from: golden.anchored_at, count: 10 };
      expect(await nextDates(complete, asked)).toEqual(await nextDates(anchored, asked));
      if (rrule.startsWith("DTSTART:2020")) expect(complete).toEqual(anchored);
    }
  });

  it("anchors an interval now, and fills in the other members", async () => {
    expect(await completeSchedule({ interval: 60 }, NOW)).toEqual({
      interval: 60,
      anchor_date: NOW,
      timezone: "UTC",
    });
    expect(await completeSchedule({ interval: 60, anchor_date: "2026-01-01T01:00:00+01:00" }, NOW)).toEqual({
      interval: 60,
      anchor_date: "2026-01-01T00:00:00.000000Z",
      timezone: "UTC",
    });
    expect(await completeSchedule({ cron: "@daily" }, NOW)).toEqual({
      cron: "@daily",
      timezone: null,
      day_or: true,
    });
  });
});
