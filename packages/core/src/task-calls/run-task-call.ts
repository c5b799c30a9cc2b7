/** The task engine as it is used by workers: threads and processes here, nodes of a cluster in plugins. */
import type { FlowRun } from "../runtime/flow-run.ts";
import type { Interruption } from "../runtime/interruption.ts";
import { type RunScope, runInScope } from "../runtime/run-scope.ts";
import { settleWork } from "../runtime/settle-work.ts";
import type { TaskRun } from "../runtime/task-run.ts";
import { becomeTaskWorker } from "../runtime/worker-role.ts";
import { jsonSerializer } from "../serializers/json-serializer.ts";
import { runWithSettings } from "../settings/current-settings.ts";
import { CancelledRunError } from "../states/run-errors.ts";
import type { State } from "../states/state.ts";
import { executeTaskRun } from "../tasks/execute-task-run.ts";
import type { TaskChannel } from "../tasks/task-channel.ts";
import { engineOf } from "../tasks/task-engine.ts";
import { callServices } from "./call-services.ts";
import { calledFlowRun } from "./called-flow-run.ts";
import { calledTaskRun } from "./called-task-run.ts";
import { receivedOptions } from "./changed-options.ts";
import type { TaskCall, TaskOutcome } from "./task-call.ts";
import { sentFailures, sentState } from "./task-outcome.ts";
import { definitionWith, findTask } from "./task-reference.ts";
import type { CallPayload } from "./to-task-call.ts";

/**
 * Carries out a task run for a flow in another process: the same engine as there, with states, logs and the result going
 * back through the channel. Several calls may be carried out at a time. Resolves when the run and all runs that were
 * begun inside it have ended; the outcome tells how.
 *
 * @throws {TaskReferenceError} when the task is not found here: nothing was run.
 */
export async function runTaskCall(call: TaskCall, channel: TaskChannel): Promise<TaskOutcome> {
  becomeTaskWorker();
  const task = await findTask(call.reference);
  const engine = engineOf(task);
  if (engine !== undefined && engine !== runTaskCall) return engine(call, channel);
  const { args, options } = (await jsonSerializer().loads(call.payload)) as CallPayload;
  const definition = definitionWith(task, receivedOptions(options));
  const { services, recorder, settings } = callServices(call, channel);
  const flowRun =
    call.flowRun && (await calledFlowRun(call.flowRun, { taskRunId: call.taskRun.id, services }));
  const run = calledTaskRun(call.taskRun, { definition, flowRun, services });
  const unlink = linkChannel(channel.signal, run, flowRun);
  const ending = new Ending(run);
  const { ambientTags: tags, isShielded } = call.taskRun;
  const scope: RunScope = { flowRun, taskRun: undefined, tags, isShielded };
  const isIdle = await runWithSettings(settings, () =>
    runInScope(scope, async () => {
      ending.state = await executeTaskRun({ run, definition, args, scope, seal: ending.seal });
      return flowRun === undefined || endInnerRuns(flowRun);
    }),
  );
  unlink();
  const codeEnded = run.whenCodeEnded();
  const isStillRunning = !isIdle || codeEnded !== undefined;
  const outcome = await ending.outcome(flowRun, isStillRunning);
  if (isStillRunning) void Promise.all([codeEnded, flowRun?.whenIdle()]).then(() => channel.settled());
  recorder.send();
  return outcome;
}

/** Waits for runs that were begun inside the task and frees what they hold; gives whether all have ended. */
async function endInnerRuns(flowRun: FlowRun): Promise<boolean> {
  const isIdle = await settleWork(flowRun);
  await flowRun.runCleanups();
  await flowRun.closeSession();
  flowRun.end();
  return isIdle;
}

/** Keeps what the run ended with, in the form in which it can be sent. */
class Ending {
  state: State | undefined;
  #payload: Uint8Array | undefined;
  readonly #run: TaskRun;

  constructor(run: TaskRun) {
    this.#run = run;
  }

  readonly seal = async (state: State): Promise<State> => {
    const sent = await sentState(state, this.#run.task.name);
    this.#payload = sent.payload;
    return sent.state;
  };

  async outcome(flowRun: FlowRun | undefined, isStillRunning: boolean): Promise<TaskOutcome> {
    const state = this.state ?? this.#run.state;
    if (state === undefined) throw new RangeError(`Task run ${this.#run.id} has no state.`);
    return {
      state: state.toWire(),
      payload: this.#payload,
      unseenFailures: await sentFailures(flowRun),
      isStillRunning,
    };
  }
}

/** Interrupts the run, and what it began, when the channel's signal aborts. */
function linkChannel(signal: AbortSignal, run: TaskRun, flowRun: FlowRun | undefined): () => void {
  const onAbort = (): void => {
    const interruption = interruptionOf(signal.reason);
    run.interrupt(interruption);
    flowRun?.interrupt(interruption);
  };
  if (signal.aborted) onAbort();
  else signal.addEventListener("abort", onAbort, { once: true });
  return () => signal.removeEventListener("abort", onAbort);
}

function interruptionOf(reason: unknown): Interruption {
  if (isInterruption(reason)) return reason;
  const error = reason instanceof Error ? reason : new CancelledRunError(String(reason));
  return { kind: "cancel", message: error.message, error };
}

function isInterruption(value: unknown): value is Interruption {
  return typeof value === "object" && value !== null && "kind" in value && "error" in value;
}
