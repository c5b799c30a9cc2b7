/** The flow run of a task run on its way to another process, and what stands for it there. */
import type { EngineServices } from "../runtime/engine-services.ts";
import { FlowRun } from "../runtime/flow-run.ts";
import { jsonSerializer } from "../serializers/json-serializer.ts";
import { SerializationError } from "../serializers/serialization-error.ts";
import { serializationRefusal } from "../serializers/serialization-refusal.ts";
import { ConcurrentTaskRunner } from "../task-runners/concurrent-task-runner.ts";
import type { CallingFlowRun } from "./task-call.ts";

/** Values, and the words about those that could not be sent. */
interface PartlySent {
  readonly values: Readonly<Record<string, unknown>>;
  readonly refused: Readonly<Record<string, string>>;
}

interface FlowRunPayload {
  readonly parameters: PartlySent;
  readonly results: PartlySent;
}

const payloads = new WeakMap<FlowRun, Promise<Uint8Array>>();

/** A flow run as it is sent with each of its calls. */
export async function sentFlowRun(run: FlowRun): Promise<CallingFlowRun> {
  let payload = payloads.get(run);
  if (payload === undefined) {
    payload = payloadOf(run);
    payloads.set(run, payload);
  }
  return {
    id: run.id,
    name: run.name,
    flowName: run.flowName,
    flowVersion: run.flowVersion,
    runCount: run.runCount,
    tags: run.tags,
    logsPrints: run.logsPrints,
    parentId: run.parentId,
    rootId: run.rootId,
    deploymentId: run.deploymentId,
    scheduledStartTime: run.scheduledStartTime?.toISOString(),
    payload: await payload,
  };
}

/**
 * What stands for the flow run while one task run of it is carried out in this process. Runs begun inside the task are
 * its runs; keys begin with a part of the task run's id, so that they are like none given elsewhere.
 */
export async function calledFlowRun(
  calling: CallingFlowRun,
  { taskRunId, services }: { readonly taskRunId: string; readonly services: EngineServices },
): Promise<FlowRun> {
  const payload = (await jsonSerializer().loads(calling.payload)) as FlowRunPayload;
  const run = new FlowRun({
    id: calling.id,
    name: calling.name,
    flowName: calling.flowName,
    flowVersion: calling.flowVersion,
    parameters: received(payload.parameters),
    tags: calling.tags,
    services,
    parent: undefined,
    remote: { parentId: calling.parentId, rootId: calling.rootId },
    results: received(payload.results),
    logsPrints: calling.logsPrints,
    openTaskRunner: (flowRun) =>
      new ConcurrentTaskRunner().open({
        flowRunId: flowRun.id,
        logger: flowRun.engineLogger,
        concurrencyLimit: services.settings.tasks.concurrencyLimit,
      }),
    dynamicKeyPrefix: `${taskRunId.slice(-8)}.`,
    scheduledStartTime:
      calling.scheduledStartTime === undefined ? undefined : new Date(calling.scheduledStartTime),
    deploymentId: calling.deploymentId,
  });
  run.runCount = calling.runCount;
  return run;
}

async function payloadOf(run: FlowRun): Promise<Uint8Array> {
  const payload: FlowRunPayload = {
    parameters: await partlySent(run.parameters, "flow parameter"),
    results: await partlySent({ ...run.results }, "option of the flow"),
  };
  return jsonSerializer().dumps(payload);
}

/** A flow may have parameters that its tasks never look at, so one that cannot be sent fails only who asks for it. */
async function partlySent(values: Readonly<Record<string, unknown>>, noun: string): Promise<PartlySent> {
  const sent: Record<string, unknown> = {};
  const refused: Record<string, string> = {};
  for (const [name, value] of Object.entries(values)) {
    if (value === undefined) continue;
    const refusal = await serializationRefusal(value, name);
    if (refusal === undefined) sent[name] = value;
    else
      refused[name] = `The ${noun} ${name} cannot be sent to other threads and processes: ${refusal.message}`;
  }
  return { values: sent, refused };
}

function received({ values, refused }: PartlySent): Record<string, unknown> {
  const all: Record<string, unknown> = { ...values };
  for (const [name, words] of Object.entries(refused)) {
    Object.defineProperty(all, name, {
      enumerable: false,
      get() {
        throw new SerializationError(words, { details: { name } });
      },
    });
  }
  return all;
}
