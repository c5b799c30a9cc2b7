/** Opens a flow run: a new one, an existing one to run again, or a child of the current run. */
import type { OrchestrationApi, FlowRun as WireFlowRun } from "@sluice/protocol";
import type { EngineServices } from "../runtime/engine-services.ts";
import { FlowRun } from "../runtime/flow-run.ts";
import { type RunScope, slotOf } from "../runtime/run-scope.ts";
import type { State } from "../states/state.ts";
import { Pending } from "../states/state-factories.ts";
import { ConcurrentTaskRunner } from "../task-runners/concurrent-task-runner.ts";
import type { FlowDefinition } from "./flow-definition.ts";
import { isRecord } from "./flow-parameters.ts";
import { storedFlowState } from "./flow-result.ts";
import { recordedParameters } from "./recorded-parameters.ts";
import type { FlowCall } from "./run-flow.ts";
import { createTrackingRun, findChild } from "./tracking-run.ts";

export interface FlowOpening {
  readonly definition: FlowDefinition;
  readonly call: FlowCall;
  readonly scope: RunScope | undefined;
  readonly services: EngineServices;
}

export interface OpenedRun {
  readonly flowRun: FlowRun;
  readonly definition: FlowDefinition;
  readonly scope: RunScope | undefined;
  readonly tags: readonly string[];
  /** As given: not validated, with futures in it. */
  readonly parameters: unknown;
  /** As the function gets them; set when the run begins. */
  arguments: unknown;
  /** Where a retry of the parent found that this sub-flow had completed: its state then, with its stored result. */
  readonly earlier: State | undefined;
}

export async function openFlowRun(opening: FlowOpening): Promise<OpenedRun> {
  const { definition, scope, services, call } = opening;
  const tags = [...new Set([...(scope?.tags ?? []), ...(definition.options.tags ?? [])])];
  const wire =
    call.flowRunId === undefined
      ? await createRun(opening, tags)
      : await services.api.flowRuns.get(call.flowRunId);
  const parameters = call.parameters ?? (call.flowRunId === undefined ? undefined : wire.parameters);
  const flowRun = new FlowRun({
    id: wire.id,
    name: wire.name,
    flowName: definition.name,
    flowVersion: definition.version,
    parameters: isRecord(parameters) ? parameters : {},
    tags: wire.tags,
    services,
    parent: scope?.flowRun,
    slot: slotOf(scope),
    isShielded: scope?.isShielded,
    results: {
      persistResult: definition.options.persistResult ?? scope?.flowRun?.results.persistResult,
      resultStorage: definition.options.resultStorage ?? scope?.flowRun?.results.resultStorage,
      resultSerializer: definition.options.resultSerializer ?? scope?.flowRun?.results.resultSerializer,
    },
    logsPrints: definition.options.logPrints ?? scope?.flowRun?.logsPrints ?? false,
    openTaskRunner: (run) =>
      (definition.options.taskRunner ?? new ConcurrentTaskRunner()).open({
        flowRunId: run.id,
        logger: run.engineLogger,
        concurrencyLimit: services.settings.tasks.concurrencyLimit,
      }),
    scheduledStartTime: wire.expected_start_time === null ? undefined : new Date(wire.expected_start_time),
    deploymentId: wire.deployment_id ?? undefined,
  });
  flowRun.runCount = wire.run_count;
  const earlier = storedFlowState(wire, flowRun.results, services);
  if (earlier === undefined) await services.heartbeat.add(flowRun.id);
  else flowRun.end();
  return { flowRun, definition, scope, tags, parameters, arguments: undefined, earlier };
}

async function createRun(opening: FlowOpening, tags: readonly string[]): Promise<WireFlowRun> {
  const { definition, scope, services, call } = opening;
  const { api } = services;
  const { name } = definition;
  const child = { name, taskKey: `flow-${name}`, parameters: call.parameters };
  const tracking = scope?.flowRun && (await createTrackingRun(child, scope, scope.flowRun));
  const earlier = tracking === undefined ? undefined : await findChild(api, tracking.id);
  if (earlier !== undefined) return reopened(api, earlier);
  const { parameters, inexact } = recordedParameters(
    call.parameters,
    definition.options.parameters !== undefined,
  );
  const retries = definition.options.retries ?? services.settings.flows.defaultRetries;
  return api.flowRuns.create({
    flow_id: await flowId(api, definition.name),
    flow_version: definition.version ?? null,
    state: Pending().toProposal(),
    parameters,
    context: { "sluice.entrypoint": definition.entrypoint ?? null, "sluice.inexact_parameters": inexact },
    parent_task_run_id: tracking?.id ?? null,
    empirical_policy: { retries, retry_delay: definition.options.retryDelaySeconds ?? 0 },
    tags: [...tags],
  });
}

/** Brings a child of an earlier attempt back to PENDING, unless it completed. */
async function reopened(api: OrchestrationApi, run: WireFlowRun): Promise<WireFlowRun> {
  if (run.state_type === "COMPLETED" && run.state?.data) return run;
  await api.flowRuns.setState(run.id, { state: Pending().toProposal(), force: true });
  return run;
}

const flowIds = new WeakMap<OrchestrationApi, Map<string, Promise<string>>>();

/** The id of the flow of this name, asked once per history. */
function flowId(api: OrchestrationApi, name: string): Promise<string> {
  let ids = flowIds.get(api);
  if (ids === undefined) {
    ids = new Map();
    flowIds.set(api, ids);
  }
  let id = ids.get(name);
  if (id === undefined) {
    id = api.flows.create({ name }).then((flow) => flow.id);
    ids.set(name, id);
    id.catch(() => ids.delete(name));
  }
  return id;
}
