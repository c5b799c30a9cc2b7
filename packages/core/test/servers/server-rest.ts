/** What a server says of its runs, asked by plain requests: our own client is what is tested. */
import { type FlowRun, isTerminalStateType, type Log, type TaskRun, type WireState } from "@sluice/protocol";
import { expect, vi } from "vitest";

/** A node of the graph that the server's UI draws. */
export interface GraphNode {
  readonly kind: "flow-run" | "task-run";
  readonly id: string;
  readonly label: string;
  readonly state_type: string;
  readonly parents: readonly { readonly id: string }[];
  readonly children: readonly { readonly id: string }[];
  readonly encapsulating: readonly { readonly id: string }[];
}

/** The server takes task runs and logs some time after it was given them. */
const SETTLING = { timeout: 15_000, interval: 100 };

export class ServerRest {
  readonly #url: string;
  readonly #headers: Readonly<Record<string, string>>;

  constructor(url: string, headers: Readonly<Record<string, string>> = {}) {
    this.#url = url;
    this.#headers = { "Content-Type": "application/json", ...headers };
  }

  get<T>(path: string): Promise<T> {
    return this.#ask<T>(path, { method: "GET" });
  }

  post<T>(path: string, body: unknown): Promise<T> {
    return this.#ask<T>(path, { method: "POST", body: JSON.stringify(body) });
  }

  /** The runs of a flow, oldest first. */
  async flowRuns(flowName: string): Promise<FlowRun[]> {
    const body = { flows: { name: { any_: [flowName] } }, sort: "START_TIME_ASC" };
    return this.post<FlowRun[]>("/flow_runs/filter", body);
  }

  /** The one run of a flow. */
  async flowRun(flowName: string): Promise<FlowRun> {
    const [run, ...others] = await this.flowRuns(flowName);
    if (run === undefined || others.length > 0) throw new Error(`The flow ${flowName} has not one run.`);
    return run;
  }

  /** The task runs of a flow run by name, when there are `count` and all have ended. */
  async taskRuns(flowRunId: string, count: number): Promise<ReadonlyMap<string, TaskRun>> {
    const body = { flow_runs: { id: { any_: [flowRunId] } }, sort: "NAME_ASC" };
    const runs = await vi.waitFor(async () => {
      const found = await this.post<TaskRun[]>("/task_runs/filter", body);
      expect(found).toHaveLength(count);
      expect(found.every((run) => run.state !== null && isTerminalStateType(run.state.type))).toBe(true);
      return found;
    }, SETTLING);
    return new Map(runs.map((run) => [run.name, run]));
  }

  /** Names of the states of a run, oldest first. */
  async stateNames(run: FlowRun | TaskRun): Promise<string[]> {
    const path = "flow_id" in run ? "/flow_run_states/?flow_run_id=" : "/task_run_states/?task_run_id=";
    return (await this.get<WireState[]>(`${path}${run.id}`)).map(({ name }) => name);
  }

  /** Messages of the lines of a flow run and its task runs by one logger, when there are any. */
  async logs(flowRunId: string, logger: string): Promise<Log[]> {
    const body = { logs: { flow_run_id: { any_: [flowRunId] } }, sort: "TIMESTAMP_ASC" };
    return vi.waitFor(async () => {
      const lines = await this.post<Log[]>("/logs/filter", body);
      const own = lines.filter(({ name }) => name === logger);
      expect(own).not.toEqual([]);
      return own;
    }, SETTLING);
  }

  /** The nodes of a flow run's graph by label. */
  async graph(flowRunId: string): Promise<ReadonlyMap<string, GraphNode>> {
    const { nodes } = await this.get<{ nodes: readonly [string, GraphNode][] }>(
      `/flow_runs/${flowRunId}/graph-v2`,
    );
    return new Map(nodes.map(([, node]) => [node.label, node]));
  }

  async #ask<T>(path: string, init: RequestInit): Promise<T> {
    const response = await fetch(`${this.#url}${path}`, {
      ...init,
      headers: this.#headers,
      signal: AbortSignal.timeout(20_000),
    });
    if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as T;
  }
}
