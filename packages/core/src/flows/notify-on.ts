/** A hook that tells people when runs get into states of some types. */
import { STATE_TYPES, type StateType } from "@sluice/protocol";
import { processRedactor } from "../logging/redactor.ts";
import type { Notification, Notifier } from "../notifiers/notifier.ts";
import type { FlowRunContext, TaskRunContext } from "../runtime/run-context.ts";
import { runLogger } from "../runtime/run-logger.ts";
import type { State } from "../states/state.ts";
import { InvalidOptionError } from "../tasks/invalid-option-error.ts";
import { hasMethods } from "../tasks/option-checks.ts";
import { fillTemplate } from "../tasks/run-name.ts";

/** A hook of flows and of tasks alike. */
export type RunHook = (
  subject: { readonly name: string },
  run: FlowRunContext | TaskRunContext,
  state: State,
) => Promise<void>;

export interface NotifyOnOptions {
  /**
   * The text, over `{kind}` (`Flow run` or `Task run`), `{name}` of the flow or task, `{run}`, `{runId}`, `{state}`,
   * `{message}` and `{parameters.…}`. Default: the state's message.
   */
  readonly template?: string | undefined;
  /** The title, over the same. Default: `{kind} {run} of {name}: {state}`. */
  readonly subject?: string | undefined;
  /** How long the delivery may hold up the run's end. Default 30. */
  readonly timeoutSeconds?: number | undefined;
}

const DEFAULT_SUBJECT = "{kind} {run} of {name}: {state}";
const DEFAULT_TEMPLATE = "{message}";
const DEFAULT_TIMEOUT_SECONDS = 30;

/**
 * Notifies when a run gets into a state of one of these types. A notification that fails is logged and changes nothing.
 *
 * ```ts
 * const trouble = notifyOn(["FAILED", "CRASHED"], "slack-webhook/team");
 * flow({ name: "report", onStateChange: trouble }, …);
 * ```
 *
 * @param notifier A notifier, or the reference of a block that is one, which is loaded when it is first needed.
 * @throws {InvalidOptionError} when a type does not exist, or the notifier cannot notify.
 */
export function notifyOn(
  types: readonly StateType[],
  notifier: Notifier | string,
  options: NotifyOnOptions = {},
): RunHook {
  const unknownType = types.find((type) => !STATE_TYPES.includes(type));
  if (unknownType !== undefined || types.length === 0) {
    throw new InvalidOptionError(
      `notifyOn needs state types, not ${unknownType ?? "none"}. They are: ${STATE_TYPES.join(", ")}.`,
    );
  }
  if (typeof notifier !== "string" && !hasMethods(notifier, "notify")) {
    throw new InvalidOptionError(
      "notifyOn needs a notifier, which has a method notify, or the reference of a block such as slack-webhook/team.",
    );
  }
  return async function notifyOnState(subject, run, state) {
    if (!types.includes(state.type)) return;
    const { timeoutSeconds = DEFAULT_TIMEOUT_SECONDS } = options;
    try {
      const target = typeof notifier === "string" ? await loadNotifier(notifier) : notifier;
      await target.notify(notificationOf(options, { subject, run, state }), { timeoutSeconds });
    } catch (error) {
      runLogger().error("A notification could not be sent", { state: state.name, error });
    }
  };
}

/** Blocks, and zod with them, are loaded only where one is named. */
async function loadNotifier(reference: string): Promise<Notifier> {
  const { loadReference } = await import("../blocks/load-block.ts");
  const block: object = await loadReference(reference);
  if (hasMethods(block, "notify")) return block as Notifier;
  throw new InvalidOptionError(`The block ${reference} is no notifier. Name one that has a method notify.`);
}

interface Moment {
  readonly subject: { readonly name: string };
  readonly run: FlowRunContext | TaskRunContext;
  readonly state: State;
}

function notificationOf(options: NotifyOnOptions, { subject, run, state }: Moment): Notification {
  const facts = {
    kind: "flowName" in run ? "Flow run" : "Task run",
    name: subject.name,
    run: run.name,
    runId: run.id,
    state: state.name,
    message: state.message ?? state.name,
    parameters: run.parameters,
  };
  const fill = (template: string): string =>
    processRedactor.redact(fillTemplate(template, facts, "The template of notifyOn"));
  return {
    subject: fill(options.subject ?? DEFAULT_SUBJECT),
    body: fill(options.template ?? DEFAULT_TEMPLATE),
  };
}
