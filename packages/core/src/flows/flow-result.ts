/** The stored result of a flow run. */
import { isSluiceError, newId, type ResultReference, type FlowRun as WireFlowRun } from "@sluice/protocol";
import { resultStore } from "../results/result-settings.ts";
import type { ResultStore } from "../results/result-store.ts";
import type { EngineServices } from "../runtime/engine-services.ts";
import type { FlowResultOptions } from "../runtime/flow-run.ts";
import { State } from "../states/state.ts";
import { Failed } from "../states/state-factories.ts";
import { describe } from "../tasks/runner-failure.ts";
import type { FlowDefinition } from "./flow-definition.ts";
import { isRecord } from "./flow-parameters.ts";
import type { OpenedRun } from "./open-flow-run.ts";

/** Writes the value of a completed run to storage if its flow persists results; the state then carries the reference. */
export async function keepFlowResult(
  opened: OpenedRun,
  definition: FlowDefinition,
  state: State,
): Promise<State> {
  const { results, services } = opened.flowRun;
  const persists = results.persistResult ?? services.settings.results.persistByDefault;
  if (!persists || !state.isCompleted() || state.data?.kind !== "value") return state;
  const { value } = state.data;
  try {
    const store = await storeOf(results, services);
    const reference = await store.write(newId(), value);
    const keepsValue = definition.options.cacheResultInMemory !== false;
    const read = async (): Promise<unknown> => (await store.read(reference.storage_key)).value;
    const { type, name, message, details } = state;
    return new State({
      type,
      name,
      message,
      details,
      data: keepsValue ? { kind: "value", value, reference } : { kind: "stored", reference, read },
    });
  } catch (error) {
    const message = `The flow's result could not be persisted: ${describe(error)}`;
    // Another attempt would give a value of the same kind.
    const details = isSluiceError(error, "SERIALIZATION") ? { retriable: false } : undefined;
    return Failed({ message, data: error, details });
  }
}

/** The state of a run that completed earlier with a persisted result, to be taken instead of running it again. */
export function storedFlowState(
  wire: WireFlowRun,
  results: FlowResultOptions,
  services: EngineServices,
): State | undefined {
  if (wire.state?.type !== "COMPLETED") return undefined;
  const reference = wire.state.data;
  if (!isReference(reference)) return undefined;
  return State.fromWire(wire.state, {
    kind: "stored",
    reference,
    read: async () => (await (await storeOf(results, services)).read(reference.storage_key)).value,
  });
}

function isReference(data: unknown): data is ResultReference {
  return isRecord(data) && typeof data["storage_key"] === "string";
}

function storeOf(results: FlowResultOptions, services: EngineServices): Promise<ResultStore> {
  return resultStore({ storage: results.resultStorage, serializer: results.resultSerializer }, services);
}
