/** What a filter of events lets through. */
import type { AnyResourceFilter, EventFilter, RelatedFilter } from "@sluice/protocol";
import type { Condition, LabelCondition, LabelPattern } from "../conditions.ts";
import type { StoredEvent } from "../stored-nouns.ts";
import { parseTextQuery } from "../text-query.ts";
import { join, type MaybeCondition, type Optional } from "./wire-filter.ts";

type Event = StoredEvent;
type Texts = Optional<readonly string[]>;
type Labels = Optional<Readonly<Record<string, string | readonly string[]>>>;

const ID_LABEL = "prefect.resource.id";
const ROLE_LABEL = "prefect.resource.role";

/** `undefined` when it lets everything through. */
export function eventMatches(filter: Optional<EventFilter>): MaybeCondition<Event> {
  const { occurred, event, resource } = filter ?? {};
  return join<Event>("and_", [
    occurred?.since ? { type: "at-least", member: "occurred", value: occurred.since } : undefined,
    occurred?.until ? { type: "at-most", member: "occurred", value: occurred.until } : undefined,
    oneOf("id", filter?.id?.id),
    oneOf("event", event?.name),
    startsWith("event", event?.prefix),
    not(oneOf("event", event?.exclude_name)),
    not(startsWith("event", event?.exclude_prefix)),
    oneOf("resource_id", resource?.id),
    startsWith("resource_id", resource?.id_prefix),
    hasLabels("resource", labelConditions(resource?.labels)),
    ...listOf(filter?.related).map(relatedMatches),
    ...listOf(filter?.any_resource).map(anyResourceMatches),
    containsText(filter?.text?.query),
  ]);
}

/** Whether only the newest event of each resource is asked for. */
export function isDistinct(filter: Optional<EventFilter>): boolean {
  return filter?.resource?.distinct === true;
}

/** All of it must be true of one related resource. */
function relatedMatches(filter: RelatedFilter): MaybeCondition<Event> {
  const pairs = filter.resources_in_roles ?? [];
  const own = [
    ...exactly(ID_LABEL, filter.id),
    ...exactly(ROLE_LABEL, filter.role),
    ...labelConditions(filter.labels),
  ];
  const inRoles = pairs.map(([id, role]): Condition<Event> => {
    const labels = [...own, ...exactly(ID_LABEL, [id]), ...exactly(ROLE_LABEL, [role])];
    return { type: "has-labels", member: "related", labels };
  });
  return join<Event>("and_", [
    // Says nothing new, but lets a database use its index on ids.
    involves(filter.id),
    involves(pairs.map(([id]) => id)),
    pairs.length > 0 ? join<Event>("or_", inRoles) : hasLabels("related", own),
  ]);
}

/** All of it must be true of the resource, or of one related one. */
function anyResourceMatches(filter: AnyResourceFilter): MaybeCondition<Event> {
  const { id, id_prefix: prefixes, labels } = filter;
  const others = [...prefixLabel(prefixes), ...labelConditions(labels)];
  // The index on ids says it all.
  if (others.length === 0) return involves(id);
  const all = [...exactly(ID_LABEL, id), ...others];
  return join<Event>("and_", [
    involves(id),
    join<Event>("or_", [hasLabels("resource", all), hasLabels("related", all)]),
  ]);
}

function oneOf(member: "id" | "event" | "resource_id", values: Texts): MaybeCondition<Event> {
  return isGiven(values) ? { type: "one-of", member, values } : undefined;
}

function startsWith(member: "event" | "resource_id", prefixes: Texts): MaybeCondition<Event> {
  return isGiven(prefixes) ? { type: "starts-with", member, prefixes } : undefined;
}

function involves(ids: Texts): MaybeCondition<Event> {
  return isGiven(ids) ? { type: "contains-any", member: "resource_ids", values: ids } : undefined;
}

function not(condition: MaybeCondition<Event>): MaybeCondition<Event> {
  return condition && { type: "not", condition };
}

function hasLabels(member: "resource" | "related", labels: readonly LabelCondition[]): MaybeCondition<Event> {
  return labels.length === 0 ? undefined : { type: "has-labels", member, labels };
}

/** A label without values fits nothing. */
function labelConditions(labels: Labels): LabelCondition[] {
  return Object.entries(labels ?? {}).map(([label, values]) => ({
    label,
    patterns: (typeof values === "string" ? [values] : values).map(toPattern),
  }));
}

/** `!` before it negates a value, `*` at its end makes it a prefix. */
function toPattern(value: string): LabelPattern {
  const isNegated = value.startsWith("!");
  const isPrefix = value.endsWith("*");
  return { text: value.slice(isNegated ? 1 : 0, isPrefix ? -1 : undefined), isPrefix, isNegated };
}

function exactly(label: string, values: Texts): LabelCondition[] {
  return patterns(label, values, false);
}

function prefixLabel(prefixes: Texts): LabelCondition[] {
  return patterns(ID_LABEL, prefixes, true);
}

function patterns(label: string, values: Texts, isPrefix: boolean): LabelCondition[] {
  if (!isGiven(values)) return [];
  return [{ label, patterns: values.map((text) => ({ text, isPrefix, isNegated: false })) }];
}

/** The text of an event is its name, its resources and its payload. A query without terms does not restrict. */
function containsText(text: Optional<string>): MaybeCondition<Event> {
  if (text === null || text === undefined) return undefined;
  const query = parseTextQuery(text);
  return join<Event>("and_", [
    ...query.allOf.map(occurs),
    ...query.noneOf.map((term): Condition<Event> => ({ type: "not", condition: occurs(term) })),
    join<Event>("or_", query.anyOf.map(occurs)),
  ]);
}

function occurs(text: string): Condition<Event> {
  return { type: "contains-text", members: ["event", "resource", "related", "payload"], text };
}

function listOf<T>(value: Optional<T | readonly T[]>): readonly T[] {
  if (value === null || value === undefined) return [];
  return Array.isArray(value) ? value : [value as T];
}

/** Empty lists do not restrict: clients always send some. */
function isGiven(values: Texts): values is readonly string[] {
  return values !== null && values !== undefined && values.length > 0;
}
