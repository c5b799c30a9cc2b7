import {
  type Condition,
  flowRunQuery,
  logQuery,
  type ObjectQuery,
  type StoredDeploymentSchedule,
  type StoredFlowRun,
  type StoredTaskRun,
  taskRunQuery,
} from "@sluice/orchestration";
import type { FlowRunFilter, FlowRunQuery, LogQuery, TaskRunQuery } from "@sluice/protocol";
import Database from "libsql";
import { describe, expect, it } from "vitest";
import { sqliteStore } from "../../src/index.ts";
import { cachedRunStatement } from "../../src/queries/cached-run-statement.ts";
import { listRowsStatement, listRunsStatement } from "../../src/queries/list-statement.ts";
import { countFlowRunsStatement, flowRunTallyStatement } from "../../src/queries/run-tally-statement.ts";
import type { SqlStatement } from "../../src/sql-session.ts";
import { FLOW_RUN_STATES } from "../../src/tables/flow-run-table.ts";
import { TASK_RUN_STATES } from "../../src/tables/task-run-table.ts";
import { temporaryDatabasePath } from "../temporary-database.ts";

const ID = "01a1f95f-4b1b-7000-8000-86d5a5e33645";
const LIVE: Pick<FlowRunFilter, "state"> = { state: { type: { any_: ["RUNNING", "PENDING"] } } };

const FLOW_RUN_PLANS: readonly (readonly [string, FlowRunQuery, string])[] = [
  [
    "that are live",
    { flow_runs: LIVE, sort: "START_TIME_DESC" },
    "INDEX flow_run_state_start (state_type=?)",
  ],
  ["newest start first", { sort: "START_TIME_DESC" }, "INDEX flow_run_start"],
  ["newest expected start first", { sort: "EXPECTED_START_TIME_DESC" }, "INDEX flow_run_expected_start"],
  ["last ended first", { sort: "END_TIME_DESC" }, "INDEX flow_run_end"],
  ["by name", { flow_runs: { name: { any_: ["a"] } } }, "INDEX flow_run_name (name=?)"],
  [
    "of a flow",
    { flows: { name: { any_: ["a"] } }, sort: "START_TIME_DESC" },
    "INDEX flow_run_flow (flow_id=?)",
  ],
  [
    "of a flow, newest expected start first",
    { flows: { id: { any_: [ID] } }, sort: "EXPECTED_START_TIME_DESC" },
    "INDEX flow_run_flow_expected (flow_id=?)",
  ],
  ["of a parent", { flow_runs: { parent_flow_run_id: { any_: [ID] } } }, "INDEX flow_run_parent"],
  [
    "that are due",
    { flow_runs: { ...LIVE, next_scheduled_start_time: { before_: "2026-01-01T00:00:00Z" } } },
    "INDEX flow_run_live (state_type=? AND next_scheduled_start_time<?)",
  ],
];

const TASK_RUN_PLANS: readonly (readonly [string, TaskRunQuery, string])[] = [
  [
    "of a flow run",
    { task_runs: { flow_run_id: { any_: [ID] } }, sort: "EXPECTED_START_TIME_DESC" },
    "INDEX task_run_key (flow_run_id=?)",
  ],
  [
    "that are live",
    { task_runs: LIVE, sort: "EXPECTED_START_TIME_DESC" },
    "INDEX task_run_live (state_type=?)",
  ],
  ["of flow runs by a filter", { flow_runs: { id: { any_: [ID] } } }, "INDEX task_run_key (flow_run_id=?)"],
  ["newest expected start first", { sort: "EXPECTED_START_TIME_DESC" }, "INDEX task_run_expected_start"],
  [
    "of a day",
    { task_runs: { start_time: { after_: "2026-01-01T00:00:00Z" } }, sort: "NAME_ASC" },
    "INDEX task_run_start",
  ],
];

const LOG_PLANS: readonly (readonly [string, LogQuery, string])[] = [
  ["of a flow run", { logs: { flow_run_id: { any_: [ID] } } }, "PRIMARY KEY (flow_run_id=?)"],
  ["of a task run", { logs: { task_run_id: { any_: [ID] } } }, "INDEX log_task_run (task_run_id=?)"],
  ["of all runs", { logs: { level: { ge_: 40 } } }, "INDEX log_timestamp"],
];

const SCHEDULED: Condition<StoredFlowRun> = { type: "one-of", member: "state_type", values: ["SCHEDULED"] };
const OVERDUE: Condition<StoredFlowRun> = {
  type: "at-most",
  member: "next_scheduled_start_time",
  value: "2026-01-01T00:00:00.000000Z",
};

/** What services and pollers ask again and again, whose cost must not grow with the history. */
const SCHEDULING_PLANS: readonly (readonly [string, readonly Condition<StoredFlowRun>[], string])[] = [
  [
    "that are late",
    [SCHEDULED, { type: "equals", member: "state_name", value: "Scheduled" }, OVERDUE],
    "INDEX flow_run_live (state_type=? AND next_scheduled_start_time<?)",
  ],
  [
    "that are due of deployments",
    [{ type: "one-of", member: "deployment_id", values: [ID, ID] }, SCHEDULED, OVERDUE],
    "INDEX flow_run_live (state_type=? AND next_scheduled_start_time<?)",
  ],
  [
    "that are due of a queue",
    [
      { type: "equals", member: "work_queue_id", value: ID },
      { type: "equals", member: "state_type", value: "SCHEDULED" },
      OVERDUE,
    ],
    "INDEX flow_run_live (state_type=? AND next_scheduled_start_time<?)",
  ],
  [
    "that hold slots of a queue",
    [
      { type: "equals", member: "work_queue_id", value: ID },
      { type: "one-of", member: "state_type", values: ["PENDING", "RUNNING"] },
    ],
    "INDEX flow_run_queue_live (work_queue_id=? AND state_type=?",
  ],
  [
    "that hold slots of a pool",
    [
      {
        type: "related",
        noun: "work_queue",
        member: "work_queue_id",
        references: "id",
        where: { type: "equals", member: "work_pool_id", value: ID },
      },
      { type: "one-of", member: "state_type", values: ["PENDING", "RUNNING"] },
    ],
    "INDEX flow_run_queue_live (work_queue_id=? AND state_type=?",
  ],
  ["that are paused", [{ type: "one-of", member: "state_type", values: ["PAUSED"] }], "INDEX flow_run_live"],
];

/** Whatever runs there are, most have ended; a statement that goes through those of a state or a time goes through all. */
const ALL_RUNS =
  /SCAN flow_run\b|flow_run_state_start|SEARCH flow_run USING [^"]*flow_run_expected_start \(expected_start_time[<>]\?\)/u;

const COUNTED: readonly (readonly [string, FlowRunFilter | undefined])[] = [
  ["of all runs", undefined],
  ["of a state", { state: { type: { any_: ["COMPLETED"] } } }],
  ["of several states", { state: { type: { any_: ["COMPLETED", "FAILED"] } } }],
  [
    "of a state in a time",
    {
      state: { type: { any_: ["COMPLETED"] } },
      expected_start_time: { after_: "2026-01-01T00:00:30Z", before_: "2026-03-01T00:00:30Z" },
    },
  ],
];

describe("flow runs that have ended are not gone through for", () => {
  it.each(COUNTED)("the count %s", async (_what, flowRuns) => {
    const { where } = flowRunQuery({ flow_runs: flowRuns });
    expect(await planOf(countFlowRunsStatement("sqlite", where))).not.toMatch(ALL_RUNS);
  });

  it.each(COUNTED)("the history %s", async (_what, flowRuns) => {
    const { where } = flowRunQuery({ flow_runs: flowRuns });
    const instant = "2026-01-01T00:00:00.000000Z";
    const query = { where, by: "expected_start_time", origin: instant, seconds: 1e10, now: instant } as const;
    expect(await planOf(flowRunTallyStatement("sqlite", query))).not.toMatch(ALL_RUNS);
  });
});

describe("queries use an index for", () => {
  it.each(SCHEDULING_PLANS)("flow runs %s", async (_what, conditions, index) => {
    const orderBy = [{ member: "next_scheduled_start_time", direction: "asc" }] as const;
    const query = { where: { type: "all", conditions }, orderBy, limit: 200 } as const;
    expect(
      await planOf(listRunsStatement("sqlite", { noun: "flow_run", query }, FLOW_RUN_STATES.selectRunsSql)),
    ).toContain(index);
  });

  it("flow runs that nobody has begun of a deployment", async () => {
    const ofDeployment: Condition<StoredFlowRun> = { type: "equals", member: "deployment_id", value: ID };
    const query = { where: { type: "all", conditions: [ofDeployment, SCHEDULED] }, limit: 200 } as const;
    expect(
      await planOf(listRunsStatement("sqlite", { noun: "flow_run", query }, FLOW_RUN_STATES.selectRunsSql)),
    ).toContain("INDEX flow_run_deployment_live (deployment_id=? AND state_type=?)");
  });

  it("flow runs that were cancelled lately", async () => {
    const where: Condition<StoredFlowRun> = {
      type: "all",
      conditions: [
        { type: "equals", member: "state_type", value: "CANCELLED" },
        { type: "at-least", member: "end_time", value: "2026-01-01T00:00:00.000000Z" },
        { type: "at-most", member: "end_time", value: "2026-01-01T01:00:00.000000Z" },
      ],
    };
    const query = { where, orderBy: [{ member: "end_time", direction: "asc" }], limit: 200 } as const;
    expect(
      await planOf(listRunsStatement("sqlite", { noun: "flow_run", query }, FLOW_RUN_STATES.selectRunsSql)),
    ).toContain("INDEX flow_run_cancelled (state_type=? AND end_time>? AND end_time<?)");
  });

  it("task runs that were given to a worker and not confirmed", async () => {
    const where: Condition<StoredTaskRun> = {
      type: "all",
      conditions: [
        { type: "one-of", member: "state_type", values: ["PENDING"] },
        { type: "at-most", member: "updated", value: "2026-01-01T00:00:00.000000Z" },
      ],
    };
    const query = { where, limit: 200 } as const;
    expect(
      await planOf(listRunsStatement("sqlite", { noun: "task_run", query }, TASK_RUN_STATES.selectRunsSql)),
    ).toContain("INDEX task_run_live (state_type=?)");
  });

  it("schedules that are to be looked at", async () => {
    const query: ObjectQuery<StoredDeploymentSchedule> = {
      where: { type: "at-most", member: "next_scheduling_time", value: "2026-01-01T00:00:00.000000Z" },
      orderBy: [{ member: "next_scheduling_time", direction: "asc" }],
      limit: 20,
    };
    expect(await planOf(listRowsStatement("sqlite", { noun: "deployment_schedule", query }))).toContain(
      "INDEX deployment_schedule_due (next_scheduling_time<?)",
    );
  });

  it.each(FLOW_RUN_PLANS)("flow runs %s", async (_what, query, index) => {
    expect(
      await planOf(
        listRunsStatement(
          "sqlite",
          { noun: "flow_run", query: flowRunQuery(query) },
          FLOW_RUN_STATES.selectRunsSql,
        ),
      ),
    ).toContain(index);
  });

  it.each(TASK_RUN_PLANS)("task runs %s", async (_what, query, index) => {
    expect(
      await planOf(
        listRunsStatement(
          "sqlite",
          { noun: "task_run", query: taskRunQuery(query) },
          TASK_RUN_STATES.selectRunsSql,
        ),
      ),
    ).toContain(index);
  });

  it("the result under a cache key", async () => {
    const plan = await planOf(cachedRunStatement("k", "2026-01-01T00:00:00.000000Z"));
    expect(plan).toContain("INDEX task_run_cache_key");
  });

  it.each(LOG_PLANS)("logs %s, without sorting", async (_what, query, index) => {
    const plan = await planOf(listRowsStatement("sqlite", { noun: "log", query: logQuery(query) }));
    expect(plan).toContain(index);
    expect(plan).not.toContain("TEMP B-TREE");
  });
});

async function planOf({ sql, parameters }: SqlStatement): Promise<string> {
  const path = await temporaryDatabasePath();
  await (await sqliteStore({ path })).close();
  const database = new Database(path);
  const rows = database.prepare(`EXPLAIN QUERY PLAN ${sql}`).all(parameters);
  database.close();
  return JSON.stringify(rows);
}
