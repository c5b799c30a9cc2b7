/**
 * When a deployment runs by itself: every so often, by a cron expression, or by a recurrence rule of RFC 5545. The three
 * have no tag; they are told apart by the member that only they have.
 */
import { z } from "zod";
import { receivedTimestampSchema, timestampSchema } from "./timestamp.ts";

const MAX_RRULE_LENGTH = 6500;

/** Longer than anybody waits, and short enough to be added to. */
const MAX_INTERVAL_SECONDS = 3_155_760_000;

const interval = z.number().positive().max(MAX_INTERVAL_SECONDS);
const cron = z.string().min(1);
const rrule = z.string().min(1).max(MAX_RRULE_LENGTH);
/** A name of the IANA database such as `Europe/Paris`; null is UTC. */
const timezone = z.string();

export const intervalScheduleSchema = z.object({
  /** Seconds. From a day on, the wall clock of the zone is kept; below, real seconds are counted. */
  interval,
  /** A date of the schedule, past or future; all others are whole intervals from it. */
  anchor_date: timestampSchema,
  timezone: timezone.nullable(),
});

export const cronScheduleSchema = z.object({
  /** Minute, hour, day, month, weekday and, if wanted, second and year; or `@daily` and its like. */
  cron,
  timezone: timezone.nullable(),
  /** When both the day and the weekday are restricted: whether either is enough (true) or both have to match. */
  day_or: z.boolean(),
});

export const rruleScheduleSchema = z.object({
  /** Lines of DTSTART, RRULE, EXRULE, RDATE and EXDATE. Their times are read in `timezone`, whatever they say. */
  rrule,
  timezone: timezone.nullable(),
});

export const scheduleSchema = z.union([intervalScheduleSchema, cronScheduleSchema, rruleScheduleSchema]);

export type IntervalSchedule = z.infer<typeof intervalScheduleSchema>;
export type CronSchedule = z.infer<typeof cronScheduleSchema>;
export type RRuleSchedule = z.infer<typeof rruleScheduleSchema>;
export type Schedule = z.infer<typeof scheduleSchema>;

/** A schedule as clients write it. */
export const scheduleCreateSchema = z.union([
  z.strictObject({
    interval,
    /** Default: now. */
    anchor_date: receivedTimestampSchema.nullish(),
    timezone: timezone.nullish(),
  }),
  z.strictObject({ cron, timezone: timezone.nullish(), day_or: z.boolean().nullish() }),
  z.strictObject({ rrule, timezone: timezone.nullish() }),
]);

export type ScheduleCreate = z.infer<typeof scheduleCreateSchema>;
