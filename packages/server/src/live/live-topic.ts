/** What readers of the live stream subscribe to, and what an event means to those of a topic. */
import { objectIdOf, relatedInRole } from "@sluice/orchestration";
import { type Event, InvalidRequestError, isUuid, type Log } from "@sluice/protocol";

/** What a reader is told: something was created, updated or deleted. */
export interface LiveChange {
  /** Of the event or log line; the same whenever it is told. */
  readonly id: string;
  readonly ts: string;
  readonly topic: string;
  readonly op: "created" | "updated" | "deleted";
  readonly data: Readonly<Record<string, unknown>>;
}

/** Topic → what the events begin with that belong to it. */
const PREFIXES = {
  flows: "prefect.flow.",
  "flow-runs": "prefect.flow-run.",
  "task-runs": "prefect.task-run.",
  deployments: "prefect.deployment.",
  "work-pools": "prefect.work-pool.",
  "work-queues": "prefect.work-queue.",
  "concurrency-limits": "prefect.concurrency-limit.",
  variables: "prefect.variable.",
  artifacts: "prefect.artifact.",
  automations: "prefect.automation.",
  events: "",
} as const;

type EventKind = keyof typeof PREFIXES;

export interface LiveTopic {
  /** As the reader wrote it, such as `task-runs:<id of a flow run>`. */
  readonly name: string;
  readonly kind: EventKind | "logs";
  /** Only what is about this object; in `task-runs` and `logs`, what belongs to this flow run. */
  readonly id: string | undefined;
}

const MAX_TOPICS = 100;

/** @throws {InvalidRequestError} when one of them is none. */
export function readTopics(text: string): LiveTopic[] {
  const names = [...new Set(text.split(",").map((name) => name.trim()))].filter((name) => name !== "");
  if (names.length === 0 || names.length > MAX_TOPICS) {
    throw new InvalidRequestError(
      `The query needs 1 to ${MAX_TOPICS} topics, such as topics=flow-runs,logs:<id>.`,
    );
  }
  return names.map((name) => {
    const [kind = "", id] = name.split(":");
    const isKnown = kind === "logs" ? id !== undefined : Object.hasOwn(PREFIXES, kind);
    if (isKnown && (id === undefined || isUuid(id))) return { name, kind: kind as LiveTopic["kind"], id };
    throw new InvalidRequestError(
      `There is no topic ${name}. Use ${Object.keys(PREFIXES).join(", ")}, each with :<id> if you like, or logs:<id of a flow run>.`,
    );
  });
}

/** What the events of these topics begin with. */
export function eventPrefixes(topics: readonly LiveTopic[]): string[] {
  return topics.flatMap(({ kind }) => (kind === "logs" ? [] : [PREFIXES[kind]]));
}

/** What an event means to the readers of a topic, if it does. */
export function changeOfEvent(topic: LiveTopic, event: Event): LiveChange | undefined {
  const { kind, id, name } = topic;
  if (kind === "logs" || !event.event.startsWith(PREFIXES[kind])) return undefined;
  if (id !== undefined && !concerns(event, kind, id)) return undefined;
  const told = { id: event.id, ts: event.occurred, topic: name };
  if (kind === "events") return { ...told, op: "created", data: { ...event } };
  const op = operationOf(event);
  return (
    op && {
      ...told,
      op,
      data: kind === "flow-runs" || kind === "task-runs" ? runData(event) : objectData(event),
    }
  );
}

/** What a log line means to the readers of a topic, if it does. */
export function changeOfLog(topic: LiveTopic, log: Log): LiveChange | undefined {
  if (topic.kind !== "logs" || topic.id !== log.flow_run_id) return undefined;
  return { id: log.id, ts: log.timestamp, topic: topic.name, op: "created", data: { ...log } };
}

function concerns(event: Event, kind: EventKind, id: string): boolean {
  if (kind === "task-runs") return objectIdOf(relatedInRole(event, "flow-run"), "flow-run") === id;
  return event.resource["prefect.resource.id"]?.endsWith(`.${id}`) === true;
}

/** Events that change nothing, such as heartbeats of runs, have none. */
function operationOf(event: Event): LiveChange["op"] | undefined {
  const verb = event.event.slice(event.event.lastIndexOf(".") + 1);
  if (verb === "created" || verb === "deleted") return verb;
  if (event.resource["prefect.state-type"] === undefined) {
    return event.event.split(".").length === 3 && verb !== "heartbeat" ? "updated" : undefined;
  }
  return event.payload["initial_state"] === null ? "created" : "updated";
}

function objectData(event: Event): Record<string, unknown> {
  return {
    id: ownId(event),
    name: event.resource["prefect.resource.name"] ?? null,
    event: event.event,
    updated_fields: event.payload["updated_fields"] ?? null,
  };
}

function runData(event: Event): Record<string, unknown> {
  const { resource, payload } = event;
  const type = resource["prefect.state-type"];
  const facts = payload["task_run"];
  return {
    ...(typeof facts === "object" && facts !== null && facts),
    id: ownId(event),
    name: resource["prefect.resource.name"] ?? null,
    ...(type !== undefined && {
      run_count: Number(resource["prefect.run-count"] ?? 0),
      state: {
        id: event.id,
        type,
        name: resource["prefect.state-name"] ?? null,
        timestamp: event.occurred,
        message: resource["prefect.state-message"] ?? null,
      },
    }),
    ...relatedIds(event),
  };
}

function relatedIds(event: Event): Record<string, unknown> {
  const ids: Record<string, unknown> = {};
  for (const kind of ["flow", "flow-run", "deployment", "work-pool", "work-queue"]) {
    const id = objectIdOf(relatedInRole(event, kind), kind);
    if (id !== undefined) ids[`${kind.replace("-", "_")}_id`] = id;
  }
  return ids;
}

function ownId(event: Event): string {
  const id = event.resource["prefect.resource.id"] ?? "";
  return id.slice(id.lastIndexOf(".") + 1);
}
