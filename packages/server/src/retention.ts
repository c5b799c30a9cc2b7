/** How long a server keeps what happened. */
import type { RetentionOptions } from "@sluice/orchestration";

/** Days; null is for ever, and what is left out has its default. */
export type Retention = { readonly [Member in keyof RetentionOptions]?: RetentionOptions[Member] };

const DEFAULT_RETENTION: RetentionOptions = {
  eventDays: 7,
  eventDaysByName: {},
  logDays: 30,
  flowRunDays: null,
};

/** With the defaults of what is left out. */
export function completeRetention(given: Retention = {}): RetentionOptions {
  return { ...DEFAULT_RETENTION, ...given };
}
