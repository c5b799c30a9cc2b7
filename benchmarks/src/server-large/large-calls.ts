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
    {
      name: "runs by a name that none has",
      path: "/flow_runs/filter",
      body: (number) => ({
        flow_runs: { name: { like_: `otter-x${number}` } },
        sort: "START_TIME_DESC",
        limit: 5,
      }),
    },
    {
      name: "a page of runs, with their count",
      path: "/flow_runs/paginate",
      body: (number) => ({ sort: "START_TIME_DESC", limit: 100, page: 1 + (number % 10) }),
    },
    {
      name: "a page of a flow's runs, with their count",
      path: "/flow_runs/paginate",
      body: (number) => ({
        flows: { id: { any_: [someFlow(number)] } },
        sort: "START_TIME_DESC",
        limit: 100,
        page: 1 + (number % 10),
      }),
    },
    { name: "count of all runs", path: "/flow_runs/count", body: () => ({}) },
    {
      name: "count of completed runs",
      path: "/flow_runs/count",
      body: () => ({ flow_runs: { state: { type: { any_: ["COMPLETED"] } } } }),
    },
    {
      name: "count of a week's completed runs",
      path: "/flow_runs/count",
      body: (number) => ({
        flow_runs: {
          state: { type: { any_: ["COMPLETED"] } },
          expected_start_time: { after_: ago(7 * DAY_MS + number * 60_000) },
        },
      }),
    },
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
      name: "history of a week's runs",
      path: "/flow_runs/history",
      body: (number) => ({
        history_start: ago(7 * DAY_MS + number * 1000),
        history_end: ago(0),
        history_interval_seconds: 6 * 3600,
      }),
    },
    {
      name: "history of a quarter's runs",
      path: "/flow_runs/history",
      body: (number) => ({
        history_start: ago(90 * DAY_MS + number * 1000),
        history_end: ago(0),
        history_interval_seconds: DAY_MS / 1000,
      }),
    },
    {
      name: "lateness of a day's runs",
      path: "/flow_runs/lateness",
      body: (number) => ({
        flow_runs: { expected_start_time: { after_: ago(DAY_MS + number * 1000) } },
      }),
    },
    {
      name: "points of a week's runs",
      path: "/ui/flow_runs/history",
      body: (number) => ({
        flow_runs: { expected_start_time: { after_: ago(7 * DAY_MS + number * 1000) } },
        limit: 1000,
      }),
    },
    {
      name: "next runs of all flows",
      path: "/ui/flows/next-runs",
      body: () => ({ flow_ids: Array.from({ length: FLOWS }, (_, index) => flowId(index + 1)) }),
    },
    {
      name: "newest task runs",
      path: "/task_runs/filter",
      body: (number) => ({ sort: "EXPECTED_START_TIME_DESC", limit: 50, offset: 50 * (number % 10) }),
    },
    {
      name: "count of a day's failed task runs",
      path: "/task_runs/count",
      body: (number) => ({
        task_runs: {
          state: { type: { any_: ["FAILED", "CRASHED"] } },
          start_time: { after_: ago(DAY_MS + number * 1000) },
        },
      }),
    },
    {
      name: "history of a day's task runs",
      path: "/task_runs/history",
      body: (number) => ({
        history_start: ago(DAY_MS + number * 1000),
        history_end: ago(0),
        history_interval_seconds: 3600,
      }),
    },
    {
      name: "dashboard of a day's task runs",
      path: "/ui/task_runs/dashboard/counts",
      body: (number) => ({ task_runs: { start_time: { after_: ago(DAY_MS + number * 1000) } } }),
    },
    {
      name: "states of a day's task runs",
      path: "/ui/task_runs/count",
      body: (number) => ({ task_runs: { start_time: { after_: ago(DAY_MS + number * 1000) } } }),
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
    {
      name: "count of a week's events by hour",
      path: "/events/count-by/time",
      body: (number) => ({
        filter: { occurred: { since: ago(7 * DAY_MS - number * 1000), until: ago(0) } },
        time_unit: "hour",
      }),
    },
    {
      name: "a week's completion events by day",
      path: "/events/count-by/day",
      body: (number) => ({
        filter: {
          occurred: { since: ago(7 * DAY_MS - number * 1000), until: ago(0) },
          event: { prefix: ["prefect.flow-run.Comp"] },
        },
      }),
    },
    {
      name: "count of a week's events of a flow by hour",
      path: "/events/count-by/time",
      body: (number) => ({
        filter: {
          occurred: { since: ago(7 * DAY_MS - number * 1000), until: ago(0) },
          any_resource: { id: [`prefect.flow.${someFlow(number)}`] },
        },
        time_unit: "hour",
      }),
    },
    {
      name: "a week's events by name",
      path: "/events/count-by/event",
      body: (number) => ({ filter: { occurred: { since: ago(7 * DAY_MS - number * 1000), until: ago(0) } } }),
    },
    {
      name: "an hour's events by resource",
      path: "/events/count-by/resource",
      body: (number) => ({ filter: { occurred: { since: ago(HOUR_MS + number * 1000), until: ago(0) } } }),
    },
  ];
}
