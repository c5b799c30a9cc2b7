/** Events that tell that a run entered a state. Their id is that of the state. */
import type { Event, WireState } from "@sluice/protocol";
import type { StoredFlowRun, StoredTaskRun } from "../stored-nouns.ts";
import { secondsBetween } from "../timestamp.ts";
import { type Resource, relatedResource, resource } from "./lifecycle-event.ts";

/** States carry errors and results in their messages, which may be as long as they like. */
const MAX_MESSAGE_LENGTH = 100_000;
/** States further apart than this need not say which came first. */
const FOLLOWS_SECONDS = 300;

/** The states of a transition; `before` is null for a run that is new. */
export interface StateChange {
  readonly before: WireState | null;
  readonly after: WireState;
}

/** What the objects around a flow run are called, as far as that is known. */
export interface FlowRunNames {
  readonly flow?: string | undefined;
  readonly deployment?: string | undefined;
}

/** A flow run entered a state; `run` is as it is then. */
export function flowRunStateEvent(run: StoredFlowRun, change: StateChange, names: FlowRunNames): Event {
  return stateEvent(resource("flow-run", run.id, run.name), run, change, flowRunRelated(run, names));
}

/** The server put a task run into a state. (Engines tell those that they decide on themselves.) */
export function taskRunStateEvent(run: StoredTaskRun, change: StateChange): Event {
  const around = run.flow_run_id === null ? [] : [relatedResource("flow-run", run.flow_run_id)];
  const labels = { ...resource("task-run", run.id, run.name), "prefect.orchestration": "server" };
  return stateEvent(labels, run, change, [...around, ...run.tags.map(tagResource)]);
}

function stateEvent(
  labels: Resource,
  run: { readonly run_count: number },
  { before, after }: StateChange,
  related: Resource[],
): Event {
  const kind = labels["prefect.resource.id"]?.split(".")[1] ?? "";
  return {
    id: after.id,
    occurred: after.timestamp,
    event: `prefect.${kind}.${after.name}`,
    resource: {
      ...labels,
      "prefect.run-count": String(run.run_count),
      "prefect.state-message": messageOf(after),
      "prefect.state-name": after.name,
      "prefect.state-timestamp": after.timestamp,
      "prefect.state-type": after.type,
    },
    related,
    payload: {
      intended: { from: before?.type ?? null, to: after.type },
      initial_state: before && stateFacts(before),
      validated_state: stateFacts(after),
    },
    follows: before !== null && isSoonAfter(before, after) ? before.id : null,
    received: after.timestamp,
  };
}

function flowRunRelated(run: StoredFlowRun, names: FlowRunNames): Resource[] {
  const related = [relatedResource("flow", run.flow_id, names.flow)];
  const add = (kind: string, id: string | null, name?: string | null): void => {
    if (id !== null) related.push(relatedResource(kind, id, name ?? undefined));
  };
  add("deployment", run.deployment_id, names.deployment);
  add("work-queue", run.work_queue_id, run.work_queue_name);
  add("work-pool", run.work_pool_id, run.work_pool_name);
  add("task-run", run.parent_task_run_id);
  return [...related, ...run.tags.map(tagResource), ...creator(run)];
}

function creator({ created_by: by }: StoredFlowRun): Resource[] {
  if (by?.type !== "DEPLOYMENT" && by?.type !== "AUTOMATION") return [];
  if (by.id === null || by.id === undefined) return [];
  return [relatedResource(by.type.toLowerCase(), by.id, by.display_value ?? undefined, "creator")];
}

function tagResource(tag: string): Resource {
  return relatedResource("tag", tag);
}

function stateFacts(state: WireState): Record<string, unknown> {
  return {
    type: state.type,
    name: state.name,
    ...(state.message !== null && state.message !== "" && { message: messageOf(state) }),
    ...(state.type === "PAUSED" && {
      pause_reschedule: String(state.state_details.pause_reschedule === true),
    }),
  };
}

function messageOf({ message }: WireState): string {
  return (message ?? "").slice(0, MAX_MESSAGE_LENGTH);
}

function isSoonAfter(before: WireState, after: WireState): boolean {
  return Math.abs(secondsBetween(before.timestamp, after.timestamp)) < FOLLOWS_SECONDS;
}
