/** Flow runs of the in-process API: every write is one transaction. */
import {
  type ApiCallOptions,
  ConflictError,
  type FlowRun,
  type FlowRunCreate,
  type FlowRunExplanation,
  type FlowRunHeartbeat,
  type FlowRunInput,
  type FlowRunInputCreate,
  type FlowRunInputQuery,
  type FlowRunPage,
  type FlowRunPageQuery,
  type FlowRunQuery,
  type FlowRunsApi,
  type FlowRunsDelete,
  type FlowRunsSetState,
  type FlowRunsStateResult,
  type FlowRunUpdate,
  InvalidRequestError,
  type Labels,
  ObjectNotFoundError,
  type OrchestrationResult,
  type Resumption,
  type RunDependency,
  type RunGraph,
  type RunHistoryQuery,
  type RunHistorySpan,
  type StateCreate,
  type WireState,
} from "@sluice/protocol";
import { withEstimates } from "../estimates.ts";
import { explainRun } from "../explain/explain-run.ts";
import { gatherFacts } from "../explain/gather-facts.ts";
import { flowRunMatches } from "../filters/noun-filters.ts";
import { flowRunQuery } from "../filters/run-queries.ts";
import { join } from "../filters/wire-filter.ts";
import { jsonCopy } from "../json-copy.ts";
import { coreFlowPolicy, minimalFlowPolicy } from "../policies.ts";
import type { StoredFlowRun } from "../stored-nouns.ts";
import { findPlaceOf, placeMembers } from "../work-pools/find.ts";
import { deleteFlowRun } from "./delete-flow-run.ts";
import { deleteFlowRuns, setFlowRunStates } from "./flow-runs/change-many.ts";
import { findFlowRun } from "./flow-runs/find-flow-run.ts";
import { getInput, insertInput, listInputs } from "./flow-runs/inputs.ts";
import { resumeFlowRun } from "./flow-runs/resume-flow-run.ts";
import { runDependencies, runGraph } from "./flow-runs/run-graph.ts";
import { insertFlowRun, requireParent, requireSmall } from "./insert-flow-run.ts";
import type { LocalContext } from "./local-context.ts";
import { newFlowRun } from "./new-runs.ts";
import { pageOfAll } from "./pages.ts";
import { toPolicy, toProposal } from "./proposals.ts";
import { proposeFlowRunState } from "./propose-flow-run-state.ts";
import { checkQuery, presentMembers } from "./requests.ts";
import { expectedBetween, runHistory } from "./run-history.ts";

/** One span of time for every run there is. */
const ALL_TIME = {
  by: "expected_start_time",
  origin: "0001-01-01T00:00:00.000000Z",
  seconds: 315_000_000_000,
} as const;

/** Makes, changes and finds flow runs, and answers what is proposed for them. */
export class LocalFlowRuns implements FlowRunsApi {
  readonly #context: LocalContext;
  /** Runs that are being made are all different ones. */
  #created = 0;

  constructor(context: LocalContext) {
    this.#context = context;
  }

  async create(create: FlowRunCreate, options?: ApiCallOptions): Promise<FlowRun> {
    const run = await this.#context.transaction(
      options,
      async (store, moment) => {
        const flow = await store.flows.find(create.flow_id);
        if (flow === undefined) {
          throw new ConflictError(
            `A flow run cannot be created for flow ${create.flow_id}, which does not exist. Create the flow first.`,
          );
        }
        await requireParent(store, create.parent_task_run_id);
        const place = placeMembers(await findPlaceOf(store, create));
        const { run: stored } = await insertFlowRun(
          store,
          { ...newFlowRun(create, flow, moment), ...place },
          moment,
        );
        return stored;
      },
      { sharedBy: `new-${++this.#created}` },
    );
    return withEstimates(run, this.#context.now());
  }

  async get(id: string, options?: ApiCallOptions): Promise<FlowRun> {
    options?.signal?.throwIfAborted();
    return withEstimates(await findFlowRun(this.#context.store, id), this.#context.now());
  }

  async update(id: string, changes: FlowRunUpdate, options?: ApiCallOptions): Promise<void> {
    await this.#context.transaction(options, async (store) => {
      const run = await findFlowRun(store, id);
      requireJobVariablesAllowed(run, changes);
      if (changes.parameters !== undefined) requireSmall(jsonCopy(changes.parameters), `flow run ${id}`);
      await store.flowRuns.update(id, { ...toStoredChanges(changes), updated: this.#context.now() });
    });
  }

  async updateLabels(id: string, labels: Labels, options?: ApiCallOptions): Promise<void> {
    await this.#context.transaction(options, async (store, moment) => {
      const run = await findFlowRun(store, id);
      await store.flowRuns.update(id, { labels: { ...run.labels, ...labels }, updated: moment.now });
    });
  }

  async delete(id: string, options?: ApiCallOptions): Promise<void> {
    await this.#context.transaction(options, async (store, moment) => {
      await deleteFlowRun(store, await findFlowRun(store, id), moment);
    });
  }

  setState(
    id: string,
    proposal: { readonly state: StateCreate; readonly force?: boolean },
    options?: ApiCallOptions,
  ): Promise<OrchestrationResult> {
    return this.#context.transaction(
      options,
      async (store, moment) => {
        const run = await findFlowRun(store, id);
        const policy = proposal.force === true ? minimalFlowPolicy : coreFlowPolicy;
        const state = toProposal(jsonCopy(proposal.state));
        const clientVersion = options?.clientVersion;
        return proposeFlowRunState(store, { run, state, policy, clientVersion }, moment);
      },
      { sharedBy: id },
    );
  }

  resume(id: string, resumption: Resumption, options?: ApiCallOptions): Promise<OrchestrationResult> {
    return this.#context.transaction(options, async (store, moment) =>
      resumeFlowRun(
        store,
        await findFlowRun(store, id),
        { resumption, clientVersion: options?.clientVersion },
        moment,
      ),
    );
  }

  async states(id: string, options?: ApiCallOptions): Promise<WireState[]> {
    options?.signal?.throwIfAborted();
    await findFlowRun(this.#context.store, id);
    return this.#context.store.flowRuns.listStates(id);
  }

  async getState(id: string, options?: ApiCallOptions): Promise<WireState> {
    options?.signal?.throwIfAborted();
    const state = await this.#context.store.flowRuns.findState(id);
    if (state === undefined) throw new ObjectNotFoundError("state of a flow run", id);
    return state;
  }

  async heartbeat(beat: FlowRunHeartbeat, options?: ApiCallOptions): Promise<void> {
    options?.signal?.throwIfAborted();
    if (!(beat.lease_seconds > 0 && Number.isFinite(beat.lease_seconds))) {
      throw new InvalidRequestError(
        `A lease of ${beat.lease_seconds} seconds is not possible. Use a number above 0.`,
      );
    }
    await this.#context.store.flowRuns.renewLeases(beat, this.#context.now());
  }

  async filter(query: FlowRunQuery, options?: ApiCallOptions): Promise<FlowRun[]> {
    checkQuery(query, options);
    const runs = await this.#context.store.flowRuns.list(flowRunQuery(query));
    const now = this.#context.now();
    return runs.map((run) => withEstimates(run, now));
  }

  async count(query: FlowRunQuery, options?: ApiCallOptions): Promise<number> {
    checkQuery(query, options);
    return this.#context.store.flowRuns.count(flowRunQuery(query).where);
  }

  paginate(query: FlowRunPageQuery, options?: ApiCallOptions): Promise<FlowRunPage> {
    return pageOfAll(this, query, options);
  }

  async lateness(query: FlowRunQuery, options?: ApiCallOptions): Promise<number | null> {
    checkQuery(query, options);
    const tallies = await this.#context.store.flowRuns.tally({
      where: flowRunMatches(query),
      ...ALL_TIME,
      now: this.#context.now(),
    });
    const count = tallies.reduce((sum, tally) => sum + tally.count, 0);
    const seconds = tallies.reduce((sum, tally) => sum + tally.latenessSeconds, 0);
    return count === 0 ? null : seconds / count;
  }

  async history(query: RunHistoryQuery, options?: ApiCallOptions): Promise<RunHistorySpan[]> {
    options?.signal?.throwIfAborted();
    return runHistory<StoredFlowRun>(query, {
      tally: (tallied) => this.#context.store.flowRuns.tally(tallied),
      where: (filters, from, to) =>
        join<StoredFlowRun>("and_", [flowRunMatches(filters), ...expectedBetween<StoredFlowRun>(from, to)]),
      now: this.#context.now(),
    });
  }

  async graph(id: string, options?: ApiCallOptions): Promise<RunGraph> {
    options?.signal?.throwIfAborted();
    const { store } = this.#context;
    return runGraph(store, await findFlowRun(store, id));
  }

  async explain(id: string, options?: ApiCallOptions): Promise<FlowRunExplanation> {
    options?.signal?.throwIfAborted();
    return explainRun(await gatherFacts(this.#context.store, id, this.#context.now()));
  }

  async dependencies(id: string, options?: ApiCallOptions): Promise<RunDependency[]> {
    options?.signal?.throwIfAborted();
    const { store } = this.#context;
    return runDependencies(store, await findFlowRun(store, id), this.#context.now());
  }

  async bulkDelete(request: FlowRunsDelete, options?: ApiCallOptions): Promise<{ deleted: string[] }> {
    return { deleted: await deleteFlowRuns(this, request, options) };
  }

  async bulkSetState(
    request: FlowRunsSetState,
    options?: ApiCallOptions,
  ): Promise<{ results: FlowRunsStateResult[] }> {
    return { results: await setFlowRunStates(this, request, options) };
  }

  async createInput(id: string, input: FlowRunInputCreate, options?: ApiCallOptions): Promise<void> {
    await this.#context.transaction(options, async (store, moment) => {
      await findFlowRun(store, id);
      await insertInput(store, id, input, moment);
    });
  }

  async filterInput(id: string, query: FlowRunInputQuery, options?: ApiCallOptions): Promise<FlowRunInput[]> {
    checkQuery({ limit: query.limit }, options);
    return listInputs(this.#context.store, id, query);
  }

  async getInput(id: string, key: string, options?: ApiCallOptions): Promise<string> {
    options?.signal?.throwIfAborted();
    return (await getInput(this.#context.store, id, key)).value;
  }

  async deleteInput(id: string, key: string, options?: ApiCallOptions): Promise<void> {
    await this.#context.transaction(options, async (store) => {
      await store.objects("flow_run_input").delete((await getInput(store, id, key)).id);
    });
  }
}

/** Job variables shape the infrastructure of a run, which only runs that a deployment is still to start have. */
function requireJobVariablesAllowed(run: StoredFlowRun, changes: FlowRunUpdate): void {
  if (changes.job_variables === undefined) return;
  if (run.state_type === "SCHEDULED" && run.deployment_id !== null) return;
  const state = run.state_type ?? "without a state";
  const deployment = run.deployment_id === null ? "no deployment" : "a deployment";
  throw new InvalidRequestError(
    `The job variables of flow run ${run.id} cannot change: it is ${state} and has ${deployment}. Change those of scheduled runs of deployments only.`,
  );
}

function toStoredChanges(changes: FlowRunUpdate): Partial<StoredFlowRun> {
  const { empirical_policy: policy, ...rest } = changes;
  return {
    ...presentMembers(jsonCopy(rest)),
    ...(policy !== undefined && { empirical_policy: toPolicy(policy) }),
  };
}
