/** What events are counted by. */
export const EVENT_COUNTABLES = ["day", "time", "event", "resource"] as const;

export type EventCountable = (typeof EVENT_COUNTABLES)[number];
