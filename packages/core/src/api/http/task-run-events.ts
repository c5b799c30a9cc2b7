/** Task runs on their way to a server: each state that a run entered is an event. */
import type { EventCreate, TaskRunRecord, WireState } from "@sluice/protocol";
import { truncateText } from "../../logging/truncate-text.ts";

/** Labels of something that an event is related to. */
export type RelatedResource = Readonly<Record<string, string>>;

/** What a server drops without a word is larger than this. */
const MAX_EVENT_BYTES = 1_400_000;
const MAX_RELATED = 100;
const MAX_STATE_MESSAGE_BYTES = 100_000;
const BYTES_PER_INPUT = 80;

/**
 * The events of a record, oldest first. The id of an event is that of its state, so that sending it twice changes nothing.
 *
 * @param previous the state before the first one of the record, if it is known.
 * @param around the flow run that the task run is in, its flow and so on.
 */
export function taskRunEvents(
  record: TaskRunRecord,
  previous: WireState | undefined,
  around: readonly RelatedResource[],
): EventCreate[] {
  const related = [...around, ...record.tags.map(tagResource)].slice(0, MAX_RELATED);
  const taskRun = taskRunMembers(record);
  return record.states.map((state, index) => {
    const before = index === 0 ? previous : record.states[index - 1];
    return {
      id: state.id,
      occurred: state.timestamp,
      event: `prefect.task-run.${state.name}`,
      ...(before === undefined ? {} : { follows: before.id }),
      resource: resourceOf(record, state),
      related,
      payload: {
        intended: { from: before?.type ?? null, to: state.type },
        initial_state: before === undefined ? null : stateMembers(before),
        validated_state: { ...stateMembers(state), data: state.data },
        task_run: taskRun,
      },
    };
  });
}

function resourceOf(record: TaskRunRecord, state: WireState): RelatedResource {
  return {
    "prefect.resource.id": `prefect.task-run.${record.id}`,
    "prefect.resource.name": record.name,
    "prefect.run-count": String(record.run_count),
    "prefect.state-message": messageOf(state),
    "prefect.state-name": state.name,
    "prefect.state-timestamp": state.timestamp,
    "prefect.state-type": state.type,
    // Says that the state is decided already, and is only to be recorded.
    "prefect.orchestration": "client",
  };
}

function tagResource(tag: string): RelatedResource {
  return { "prefect.resource.id": `prefect.tag.${tag}`, "prefect.resource.role": "tag" };
}

function stateMembers(state: WireState): Record<string, unknown> {
  const { type, name } = state;
  const details = withoutNulls(state.state_details);
  return { type, name, message: messageOf(state), state_details: details };
}

function messageOf({ message }: WireState): string {
  return truncateText(message ?? "", MAX_STATE_MESSAGE_BYTES);
}

/** What is null is left out: a server would write it over what it knows. */
function taskRunMembers(record: TaskRunRecord): Record<string, unknown> {
  const { id: _id, flow_run_id: _flowRunId, states: _states, ...members } = record;
  return withoutNulls({ ...members, labels: {}, task_inputs: sentInputs(record) });
}

/** Runs with ever so many inputs are recorded without them rather than not at all. */
function sentInputs({ task_inputs: inputs }: TaskRunRecord): TaskRunRecord["task_inputs"] {
  const count = Object.values(inputs).reduce((sum, references) => sum + references.length, 0);
  return count * BYTES_PER_INPUT > MAX_EVENT_BYTES ? {} : inputs;
}

function withoutNulls(members: object): Record<string, unknown> {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== null));
}
