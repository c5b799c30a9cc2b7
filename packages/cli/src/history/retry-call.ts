/** Runs a flow run of the history again, in place: what its tasks persisted is not computed anew. */
import { type Flow, InvalidParametersError, loadFlow } from "@sluice/core";
import { type FlowRun, isSluiceError, type OrchestrationApi, SluiceError } from "@sluice/protocol";
import { type GivenParameters, parametersOf } from "../running/given-parameters.ts";
import { loadTypeScript } from "../running/load-typescript.ts";
import type { TerminalRun } from "../running/run-in-terminal.ts";

/** The flow run cannot be run again. */
export class RetryRefusedError extends SluiceError {
  constructor(run: FlowRun, reason: string, cause?: unknown) {
    super("CONFLICT", `Flow run ${run.name} cannot be retried: ${reason}`, {
      cause,
      details: { id: run.id, name: run.name },
    });
  }
}

export interface RetryRequest {
  readonly run: FlowRun;
  /** Parameters that replace those of the history. */
  readonly given: GivenParameters;
  /** Where the flow is; default: where it was. */
  readonly entrypoint: string | undefined;
}

/**
 * The call that retries a run which failed, crashed or was cancelled. Given parameters are noted in the history.
 *
 * @throws {RetryRefusedError} when the run is in another state, or its flow cannot be loaded.
 * @throws {InvalidParametersError} when parameters are missing that the history could not keep.
 */
export async function retryCall(request: RetryRequest, api: OrchestrationApi): Promise<TerminalRun> {
  const { run, given } = request;
  requireRetriable(run);
  const flow = await flowOf(request, api);
  requireExact(flow, request);
  const parameters = parametersOf(flow, given, run.parameters);
  if (given.texts.size + Object.keys(given.object).length > 0)
    await api.flowRuns.update(run.id, { parameters });
  return { flow, call: { flowRunId: run.id, parameters } };
}

function requireRetriable(run: FlowRun): void {
  const { state_type: type, state_name: state } = run;
  if (type === "FAILED" || type === "CRASHED" || type === "CANCELLED") return;
  if (type === "COMPLETED") {
    throw new RetryRefusedError(run, 'it completed. "sluice run" makes another run of its flow.');
  }
  throw new RetryRefusedError(
    run,
    `it is ${state ?? "without a state"} and has not ended. Wait for it or stop it first.`,
  );
}

async function flowOf(
  { run, entrypoint: given }: RetryRequest,
  api: OrchestrationApi,
): Promise<Flow<never, unknown>> {
  const entrypoint = given ?? run.context["sluice.entrypoint"];
  if (typeof entrypoint !== "string") {
    throw new RetryRefusedError(
      run,
      "the history does not say where its flow is. Say so: --entrypoint file.ts:flow.",
    );
  }
  const [{ name }, { flow }] = await Promise.all([api.flows.get(run.flow_id), load(run, entrypoint)]);
  if (flow.name === name) return flow;
  throw new RetryRefusedError(
    run,
    `it is a run of flow "${name}", and ${entrypoint} is flow "${flow.name}".`,
  );
}

async function load(run: FlowRun, entrypoint: string): ReturnType<typeof loadFlow> {
  await loadTypeScript();
  try {
    return await loadFlow(entrypoint);
  } catch (error) {
    if (!isSluiceError(error, "ENTRYPOINT")) throw error;
    throw new RetryRefusedError(run, `${error.message} --entrypoint names another place.`, error.cause);
  }
}

/** Some values exist only in a program; the history has a word about them in their place. */
function requireExact(flow: Flow<never, unknown>, { run, given }: RetryRequest): void {
  const inexact = run.context["sluice.inexact_parameters"];
  const names = Array.isArray(inexact) ? inexact.filter((name) => typeof name === "string") : [];
  const missing = names.filter((name) => !given.texts.has(name) && !(name in given.object));
  if (missing.length === 0) return;
  const message = "the history could not keep its value, give it with";
  throw new InvalidParametersError(
    flow.name,
    missing.map((path) => ({ path, message: `${message} -p ${path}=…` })),
  );
}
