/**
 * Checks an event by the rules of `eventSchema`, written out by hand: events come by the thousand a second, and a check
 * by the schema takes longer than everything else that is done with one.
 */
import { InvalidRequestError } from "./errors.ts";
import type { EventCreate } from "./event.ts";
import { toIsoText } from "./iso-text.ts";
import { isUuid } from "./uuid.ts";

const MAX_LABELS = 500;
const MAX_RELATED = 100;
const MAX_NAME_LENGTH = 1024;
/** Databases look for events by their names and by the ids of resources, and their indexes take no longer texts. */
const MAX_INDEXED_BYTES = 2048;
const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:\d{2})$/u;

/** @throws {InvalidRequestError} when `value` is no event; it names the member. */
export function readEvent(value: unknown): EventCreate {
  if (!isObject(value)) throw invalid("", "must be an object");
  const { id, occurred, event, resource, related, payload, follows } = value;
  if (!isUuid(id)) throw invalid("id", "must be a UUID");
  const instant = toIsoText(occurred);
  if (!isInstant(instant)) throw invalid("occurred", "must be an instant with its offset, in ISO 8601");
  if (typeof event !== "string" || event === "" || event.length > MAX_NAME_LENGTH || isTooLong(event)) {
    throw invalid("event", `must be text of 1 to ${MAX_NAME_LENGTH} characters`);
  }
  if (!isOptional(follows, isUuid)) throw invalid("follows", "must be a UUID");
  if (!isOptional(payload, isObject)) throw invalid("payload", "must be an object");
  return {
    id: id.toLowerCase(),
    occurred: instant,
    event,
    resource: readResource(resource, "resource"),
    related: readRelated(related),
    payload: payload ?? {},
    follows: follows?.toLowerCase() ?? null,
  };
}

function readRelated(value: unknown): Record<string, string>[] {
  if (value === undefined || value === null) return [];
  if (!Array.isArray(value)) throw invalid("related", "must be a list");
  if (value.length > MAX_RELATED) throw invalid("related", `must have at most ${MAX_RELATED} elements`);
  return value.map((element: unknown, index) => {
    const resource = readResource(element, `related.${index}`);
    if (typeof resource["prefect.resource.role"] === "string") return resource;
    throw invalid(`related.${index}`, "must have the label prefect.resource.role");
  });
}

function readResource(value: unknown, path: string): Record<string, string> {
  if (!isObject(value)) throw invalid(path, "must be an object");
  let count = 0;
  for (const label in value) {
    count += 1;
    if (typeof value[label] !== "string") throw invalid(`${path}.${label}`, "must be text");
  }
  if (count > MAX_LABELS) throw invalid(path, `must have at most ${MAX_LABELS} labels`);
  const { "prefect.resource.id": id } = value;
  if (typeof id !== "string") throw invalid(path, "must have the label prefect.resource.id");
  if (isTooLong(id)) throw invalid(path, `must have an id of at most ${MAX_INDEXED_BYTES} bytes`);
  return value as Record<string, string>;
}

/** A character takes three bytes at most, or four for two of them. */
function isTooLong(text: string): boolean {
  return text.length * 3 > MAX_INDEXED_BYTES && Buffer.byteLength(text) > MAX_INDEXED_BYTES;
}

function isInstant(value: unknown): value is string {
  return typeof value === "string" && INSTANT.test(value) && !Number.isNaN(Date.parse(value));
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isOptional<T>(value: unknown, is: (value: unknown) => value is T): value is T | null | undefined {
  return value === undefined || value === null || is(value);
}

function invalid(path: string, rule: string): InvalidRequestError {
  const member = path === "" ? "The event" : `The member ${path} of an event`;
  return new InvalidRequestError(`${member} ${rule}.`, { details: { member: path } });
}
