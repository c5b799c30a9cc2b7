/** Lets paused flow runs go on. */
import {
  InvalidRequestError,
  isSluiceError,
  type OrchestrationResult,
  type Resumption,
} from "@sluice/protocol";
import { findMismatch } from "../../parameters/parameter-schema.ts";
import { coreFlowPolicy } from "../../policies.ts";
import type { Store } from "../../store.ts";
import type { StoredFlowRun } from "../../stored-nouns.ts";
import type { ProposedState } from "../../verdict.ts";
import { hydrateParameters } from "../deployments/deployment-parameters.ts";
import type { Moment } from "../local-context.ts";
import { toProposal } from "../proposals.ts";
import { proposeFlowRunState } from "../propose-flow-run-state.ts";
import { findInput, insertInput } from "./inputs.ts";

const INTERNAL_ERROR = 500;

type Values = Readonly<Record<string, unknown>>;

/** Under which keys a run keeps what it asks for, and what it gets. */
interface Keyset {
  readonly schema: string;
  readonly response: string;
}

/** Checks the input that the run asked for, proposes that it goes on, and keeps the input when it does. */
export async function resumeFlowRun(
  store: Store,
  run: StoredFlowRun,
  {
    resumption,
    clientVersion,
  }: { readonly resumption: Resumption; readonly clientVersion?: string | undefined },
  moment: Moment,
): Promise<OrchestrationResult> {
  if (run.state?.type !== "PAUSED") return notPaused();
  const keyset = keysetOf(run);
  const { input, fault } = await checkedInput(store, run, resumption.run_input ?? {}, keyset);
  if (fault !== undefined) return refusal(run, fault);
  const state = nextState(run, moment);
  const proposal = { run, state, policy: coreFlowPolicy, clientVersion };
  const result = await proposeFlowRunState(store, proposal, moment);
  if (keyset !== undefined && result.status === "ACCEPT" && Object.keys(input).length > 0) {
    await keepInput(store, run.id, { key: keyset.response, value: JSON.stringify(input) }, moment);
  }
  return result;
}

function notPaused(): OrchestrationResult {
  return {
    status: "ABORT",
    state: null,
    details: { type: "abort_details", reason: "Cannot resume a flow run that is not paused." },
  };
}

function keysetOf(run: StoredFlowRun): Keyset | undefined {
  const { schema, response } = run.state?.state_details.run_input_keyset ?? {};
  return schema === undefined || response === undefined ? undefined : { schema, response };
}

/** The input with what it is made of filled in, and what is wrong with it. */
async function checkedInput(
  store: Store,
  run: StoredFlowRun,
  given: Values,
  keyset: Keyset | undefined,
): Promise<{ readonly input: Values; readonly fault?: string | undefined }> {
  if (keyset === undefined) return { input: given };
  const asked = await findInput(store, run.id, keyset.schema);
  if (asked === undefined) return { input: given, fault: "Run input schema not found." };
  try {
    const input = await hydrateParameters(store, given);
    const mismatch = await findMismatch(input, parseSchema(asked.value, keyset.schema));
    return { input, fault: mismatch && `Run input validation failed: ${mismatch}` };
  } catch (error) {
    if (isSluiceError(error) && error.httpStatus < INTERNAL_ERROR)
      return { input: given, fault: error.message };
    throw error;
  }
}

function parseSchema(text: string, key: string): Values {
  try {
    const schema: unknown = JSON.parse(text);
    if (typeof schema === "object" && schema !== null) return { ...schema };
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
  }
  throw new InvalidRequestError(`The input ${key} of the flow run is no JSON Schema, so nothing fits it.`);
}

/** Prefect's clients are told of a rejection with the details of an abort. */
function refusal(run: StoredFlowRun, reason: string): OrchestrationResult {
  return { status: "REJECT", state: run.state, details: { type: "abort_details", reason } };
}

/** A suspended run has no process, so it is scheduled. */
function nextState(run: StoredFlowRun, moment: Moment): ProposedState {
  return run.state?.state_details.pause_reschedule === true
    ? toProposal({ type: "SCHEDULED", name: "Resuming", state_details: { scheduled_time: moment.now } })
    : toProposal({ type: "RUNNING" });
}

async function keepInput(
  store: Store,
  flowRunId: string,
  input: { readonly key: string; readonly value: string },
  moment: Moment,
): Promise<void> {
  const known = await findInput(store, flowRunId, input.key);
  if (known === undefined) return insertInput(store, flowRunId, input, moment);
  await store.objects("flow_run_input").update(known.id, { value: input.value, updated: moment.now });
}
