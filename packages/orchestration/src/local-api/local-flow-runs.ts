/** Flow runs of the in-process API: every write is one transaction. */
import {
  type ApiCallOptions,
  ConflictError,
  type FlowRun,
  type FlowRunCreate,
  type FlowRunHeartbeat,
  type FlowRunQuery,
  type FlowRunsApi,
  type FlowRunUpdate,
  InvalidRequestError,
  ObjectNotFoundError,
  type OrchestrationResult,
  type StateCreate,
  type WireState,
} from "@sluice/protocol";
import { withEstimates } from "../estimates.ts";
import { flowRunQuery } from "../filters/run-queries.ts";
import { jsonCopy } from "../json-copy.ts";
import { coreFlowPolicy, minimalFlowPolicy } from "../policies.ts";
import type { Store } from "../store.ts";
import type { StoredFlowRun } from "../stored-nouns.ts";
import { findPlaceOf, placeMembers } from "../work-pools/find.ts";
import { deleteFlowRun } from "./delete-flow-run.ts";
import { insertFlowRun, requireParent } from "./insert-flow-run.ts";
import type { LocalContext } from "./local-context.ts";
import { newFlowRun } from "./new-runs.ts";
import { toPolicy, toProposal } from "./proposals.ts";
import { proposeFlowRunState } from "./propose-flow-run-state.ts";
import { checkQuery, presentMembers } from "./requests.ts";

/** Makes, changes and finds flow runs, and answers what is proposed for them. */
export class LocalFlowRuns implements FlowRunsApi {
  readonly #context: LocalContext;

  constructor(context: LocalContext) {
    this.#context = context;
  }

  async create(create: FlowRunCreate, options?: ApiCallOptions): Promise<FlowRun> {
    const run = await this.#context.transaction(options, async (store, moment) => {
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
    });
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
      await store.flowRuns.update(id, { ...toStoredChanges(changes), updated: this.#context.now() });
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
    return this.#context.transaction(options, async (store, moment) => {
      const run = await findFlowRun(store, id);
      const policy = proposal.force === true ? minimalFlowPolicy : coreFlowPolicy;
      const state = toProposal(jsonCopy(proposal.state));
      const clientVersion = options?.clientVersion;
      return proposeFlowRunState(store, { run, state, policy, clientVersion }, moment);
    });
  }

  async states(id: string, options?: ApiCallOptions): Promise<WireState[]> {
    options?.signal?.throwIfAborted();
    await findFlowRun(this.#context.store, id);
    return this.#context.store.flowRuns.listStates(id);
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
}

async function findFlowRun(store: Store, id: string): Promise<StoredFlowRun> {
  const run = await store.flowRuns.find(id);
  if (run === undefined) throw new ObjectNotFoundError("flow run", id);
  return run;
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
