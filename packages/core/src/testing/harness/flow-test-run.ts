/** What a flow test sees of a run. */
import type { Artifact, FlowRun, OrchestrationApi, TaskRun } from "@sluice/protocol";
import type { LogRecord } from "../../logging/log-record.ts";
import { State } from "../../states/state.ts";

/** A task run that belongs to the flow run of a test. */
export interface TestedTaskRun {
  readonly name: string;
  /** The state it is in; without a value. */
  readonly state: State;
  /** Names of the states it had, oldest first: `["Pending", "Running", "AwaitingRetry", "Retrying", "Completed"]`. */
  readonly states: readonly string[];
  /** How many times its function was called. */
  readonly runCount: number;
  readonly tags: readonly string[];
  /** All that history has of it. */
  readonly record: TaskRun;
}

/** A run of a flow in a test, after its end. */
export interface FlowTestRun<R> {
  readonly name: string;
  /** The state it ended in. */
  readonly state: State<R>;
  /** Names of the states it had, oldest first. */
  readonly states: readonly string[];
  /** How many times the flow's function was called. */
  readonly runCount: number;
  /** Those of this flow run, oldest first; a sub-flow is one of them. */
  readonly taskRuns: readonly TestedTaskRun[];
  /** What the flow run and its task runs logged, oldest first. */
  readonly logs: readonly LogRecord[];
  /** What was made in this flow run, oldest first. */
  readonly artifacts: readonly Artifact[];
  /** All that history has of the flow run. */
  readonly record: FlowRun;
  /** The value of the flow; rejects with what it threw. */
  result(): Promise<R>;
}

/** Reads from history what a flow run left there. */
export async function flowTestRun<R>(
  api: OrchestrationApi,
  id: string,
  { state, logs }: { readonly state: State<R>; readonly logs: readonly LogRecord[] },
): Promise<FlowTestRun<R>> {
  const flow_runs = { id: { any_: [id] } };
  const [record, states, taskRuns, artifacts] = await Promise.all([
    api.flowRuns.get(id),
    api.flowRuns.states(id),
    all((page) => api.taskRuns.filter({ flow_runs, sort: "ID_DESC", ...page })),
    all((page) => api.artifacts.filter({ flow_runs, sort: "ID_DESC", ...page })),
  ]);
  return {
    name: record.name,
    state,
    states: states.map(({ name }) => name),
    runCount: record.run_count,
    taskRuns: await Promise.all(taskRuns.map((run) => testedTaskRun(api, run))),
    logs: logs.filter(({ flowRunId }) => flowRunId === id),
    artifacts,
    record,
    result: () => state.result(),
  };
}

const PAGE = 200;

/** All pages of a list that has the newest first, turned round. */
async function all<T>(
  list: (page: { readonly limit: number; readonly offset: number }) => Promise<T[]>,
): Promise<T[]> {
  const items: T[] = [];
  for (;;) {
    const page = await list({ limit: PAGE, offset: items.length });
    items.push(...page);
    if (page.length < PAGE) return items.reverse();
  }
}

async function testedTaskRun(api: OrchestrationApi, record: TaskRun): Promise<TestedTaskRun> {
  const states = await api.taskRuns.states(record.id);
  const last = record.state ?? states.at(-1);
  if (last === undefined) throw new RangeError(`The task run ${record.name} has no state.`);
  return {
    name: record.name,
    state: State.fromWire(last),
    states: states.map(({ name }) => name),
    runCount: record.run_count,
    tags: record.tags,
    record,
  };
}
