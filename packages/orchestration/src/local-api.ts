/** The orchestration API in this process: asks the rules and writes to a store. */
import {
  type FlowRunsApi,
  type FlowsApi,
  type LogsApi,
  newId,
  type OrchestrationApi,
  type TaskRunsApi,
} from "@sluice/protocol";
import type { EventFeed } from "./event-feed.ts";
import { LocalContext } from "./local-api/local-context.ts";
import { LocalFlowRuns } from "./local-api/local-flow-runs.ts";
import { LocalFlows } from "./local-api/local-flows.ts";
import { LocalLogs } from "./local-api/local-logs.ts";
import { LocalTaskRuns } from "./local-api/local-task-runs.ts";
import { type SweepOptions, sweepLapsedRuns } from "./local-api/sweep-lapsed-runs.ts";
import type { Store } from "./store.ts";

/** What an API in process works with. */
export interface LocalApiOptions {
  /** Where history is kept; closed with the API. */
  readonly store: Store;
  /** Where events go; without one none are kept, since nobody is there to read them. */
  readonly feed?: EventFeed | undefined;
  /** Tells the time; default: the system's. */
  readonly clock?: (() => Date) | undefined;
  /** Makes ids; default: UUIDs of version 7. */
  readonly newId?: (() => string) | undefined;
}

/** Every operation of the orchestration API on a store, without a server. */
export class LocalApi implements OrchestrationApi {
  readonly location: string;
  readonly flows: FlowsApi;
  readonly flowRuns: FlowRunsApi;
  readonly taskRuns: TaskRunsApi;
  readonly logs: LogsApi;
  readonly #context: LocalContext;

  constructor(options: LocalApiOptions) {
    const { store } = options;
    const context = new LocalContext({
      store,
      clock: options.clock ?? (() => new Date()),
      newId: options.newId ?? newId,
      feed: options.feed,
    });
    this.location = store.location;
    this.flows = new LocalFlows(context);
    this.flowRuns = new LocalFlowRuns(context);
    this.taskRuns = new LocalTaskRuns(context);
    this.logs = new LocalLogs(context);
    this.#context = context;
  }

  /**
   * Ends the flow runs whose process is gone, with their unfinished task runs: at once where a process of this host is
   * known to be dead, otherwise when the lease has ended. Gives the ids of the flow runs it ended.
   */
  sweepLapsedRuns(options: SweepOptions = {}): Promise<string[]> {
    return sweepLapsedRuns(this.#context, options);
  }

  close(): Promise<void> {
    return this.#context.store.close();
  }
}
