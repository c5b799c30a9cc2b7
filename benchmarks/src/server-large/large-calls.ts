/** The calls of lists, counts and dashboards that are asked of a large history. */
import { FLOWS, flowId, flowRunId, type HistorySize } from "./fill-history.ts";

export interface LargeCall {
  readonly name: string;
  readonly path: string;
  /** The body of the call with a number; numbers vary what is asked for, so that no answer is at hand already. */
  body(number: number): object;
}

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;

export function largeCalls({ runs }: HistorySize, now: Date): readonly LargeCall[] {
  const ago = (ms: number): string => new Date(now.getTime() - ms).toISOString();
  const someFlow = (number: number): string => flowId((number % FLOWS) + 1);
  const someRun = (number: number): string => flowRunId(1 + ((number * 7919) % runs));
  const lastWeek = { since: ago(7 * DAY_MS), until: ago(0) };
  return [
    {
      name: "newest runs",
      path: "/flow_runs/filter",
      body: (number) => ({ sort: "START_TIME_DESC", limit: 50, offset: 50 * (number % 10) }),
    },
    {
      name: "newest runs of a flow",
      path: "/flow_runs/filter",
      body: (number) => ({
        flows: { id: { any_: [someFlow(number)] } },
        sort: "EXPECTED_START_TIME_DESC",
        limit: 50,
      }),
    },
    {
      name: "failed runs of a week",
      path: "/flow_runs/filter",
      body: (number) => ({
        flow_runs: {
          state: { type: { any_: ["FAILED", "CRASHED"] } },
          expected_start_time: { after_: ago(7 * DAY_MS + number * 60_000) },
        },
        sort: "EXPECTED_START_TIME_DESC",
        limit: 50,
      }),
    },
    {
      name: "running runs",
      path: "/flow_runs/filter",
      body: () => ({ flow_runs: { state: { type: { any_: ["RUNNING"] } } }, limit: 50 }),
    },
    {
      name: "newest runs with a tag",
      path: "/flow_runs/filter",
      body: (number) => ({
        flow_runs: { tags: { all_: [`team-${number % 20}`] } },
        sort: "START_TIME_DESC",
        limit: 50,
      }),
    },
    {
      name: "runs by part of their name",
      path: "/flow_runs/filter",
      body: (number) => ({
        flow_runs: { name: { like_: `otter-${runs - (number % 1000)}` } },
        sort: "START_TIME_DESC",
        limit: 5,
      }),
    },
    { name: "count of all runs", path: "/flow_runs/count", body: () => ({}) },
    {
      name: "count of failed runs of a day",
      path: "/flow_runs/count",
      body: (number) => ({
        flow_runs: {
          state: { type: { any_: ["FAILED"] } },
          start_time: { after_: ago(DAY_MS + number * 60_000) },
        },
      }),
    },
    {
      name: "count of live runs",
      path: "/flow_runs/count",
      body: () => ({ flow_runs: { state: { type: { any_: ["RUNNING", "PENDING", "SCHEDULED"] } } } }),
    },
    {
      name: "history of a day's runs",
      path: "/flow_runs/history",
      body: (number) => ({
        history_start: ago(DAY_MS + number * 1000),
        history_end: ago(0),
        history_interval_seconds: 3600,
        flow_runs: { expected_start_time: { after_: ago(DAY_MS + number * 1000) } },
      }),
    },
    {
      name: "newest events",
      path: "/events/filter",
      body: () => ({ filter: { occurred: lastWeek, order: "DESC" }, limit: 50 }),
    },
    {
      name: "events of a run",
      path: "/events/filter",
      body: (number) => ({
        filter: { occurred: lastWeek, any_resource: { id: [`prefect.flow-run.${someRun(number)}`] } },
        limit: 50,
      }),
    },
    {
      name: "events of a flow",
      path: "/events/filter",
      body: (number) => ({
        filter: { occurred: lastWeek, any_resource: { id: [`prefect.flow.${someFlow(number)}`] } },
        limit: 50,
      }),
    },
    {
      name: "events by name",
      path: "/events/filter",
      body: () => ({
        filter: { occurred: lastWeek, event: { prefix: ["prefect.flow-run.Run"] } },
        limit: 50,
      }),
    },
    {
      name: "count of an hour's events",
      path: "/events/count-by/time",
      body: (number) => ({
        filter: { occurred: { since: ago(HOUR_MS + number * 1000), until: ago(0) } },
        time_unit: "minute",
        time_interval: 5,
      }),
    },
  ];
}
