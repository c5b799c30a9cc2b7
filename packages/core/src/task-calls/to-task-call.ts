/** A ready run as a call that another process can carry out. */
import { isSluiceError } from "@sluice/protocol";
import type { TaskRun } from "../runtime/task-run.ts";
import { jsonSerializer } from "../serializers/json-serializer.ts";
import { SerializationError } from "../serializers/serialization-error.ts";
import { serializationRefusal } from "../serializers/serialization-refusal.ts";
import { sentSettings } from "../settings/sent-settings.ts";
import type { TaskDefinition } from "../tasks/task-definition.ts";
import { sentFlowRun } from "./called-flow-run.ts";
import { sentTaskRun } from "./called-task-run.ts";
import { changedOptions } from "./changed-options.ts";
import type { TaskCall } from "./task-call.ts";
import { findReference } from "./task-reference.ts";
import { TaskReferenceError } from "./task-reference-error.ts";

export interface ReadyRun {
  readonly run: TaskRun;
  readonly definition: TaskDefinition;
  /** Values: futures are resolved. */
  readonly args: readonly unknown[];
  /** Tags that runs begun inside the task get. */
  readonly ambientTags: readonly string[];
}

/** What a call's payload holds. */
export interface CallPayload {
  readonly args: readonly unknown[];
  readonly options: Readonly<Record<string, unknown>>;
}

/**
 * @throws {TaskReferenceError} when the task cannot be found from another process, or has options that cannot be sent.
 * @throws {SerializationError} when an argument cannot be sent; names the parameter and the path in it.
 */
export async function toTaskCall(ready: ReadyRun): Promise<TaskCall> {
  const { run, definition, args, ambientTags } = ready;
  const { reference, referenced } = await findReference(definition);
  const payload = await payloadOf(definition, { args, options: changedOptions(definition, referenced) });
  return {
    reference,
    taskRun: sentTaskRun(run, ambientTags),
    flowRun: run.flowRun && (await sentFlowRun(run.flowRun)),
    payload,
    settings: sentSettings(run.services.settings),
  };
}

async function payloadOf(definition: TaskDefinition, payload: CallPayload): Promise<Uint8Array> {
  try {
    return await jsonSerializer().dumps(payload);
  } catch (error) {
    if (!isSluiceError(error, "SERIALIZATION")) throw error;
    throw (await refusedOption(definition, payload)) ?? (await refusedArgument(definition, payload)) ?? error;
  }
}

async function refusedOption(
  definition: TaskDefinition,
  { options }: CallPayload,
): Promise<Error | undefined> {
  for (const [name, value] of Object.entries(options)) {
    const refusal = await serializationRefusal(value, name);
    if (refusal === undefined) continue;
    return new TaskReferenceError(
      definition.name,
      `the option ${name}, given with withOptions, cannot be sent there: ${refusal.message} Define and export a task that has the option.`,
      { cause: refusal },
    );
  }
  return undefined;
}

async function refusedArgument(
  definition: TaskDefinition,
  { args }: CallPayload,
): Promise<Error | undefined> {
  for (const [index, value] of args.entries()) {
    const parameter = definition.parameterName(index);
    const refusal = await serializationRefusal(value, parameter);
    if (refusal === undefined) continue;
    return new SerializationError(
      `Argument ${parameter} of task "${definition.name}" cannot be sent to another thread or process: ${refusal.message}`,
      { cause: refusal, details: { ...refusal.details, task: definition.name, parameter } },
    );
  }
  return undefined;
}
