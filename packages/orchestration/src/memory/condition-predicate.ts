/** Runs conditions on objects in memory. */
import type { Condition, LabelCondition, MemberOf } from "../conditions.ts";
import type { StoredNouns } from "../stored-nouns.ts";
import { compareTimestamps } from "../timestamp.ts";

/** Whether an object is let through. */
export type Predicate<T> = (object: T) => boolean;

/** The objects of a noun, for conditions that reach to others. */
export type ObjectsOf = <N extends keyof StoredNouns>(noun: N) => Iterable<StoredNouns[N]>;

/** The objects for which a condition holds; all without one. */
export function select<T>(objects: Iterable<T>, where: Condition<T> | undefined, objectsOf: ObjectsOf): T[] {
  return where === undefined ? [...objects] : Array.from(objects).filter(toPredicate(where, objectsOf));
}

/** Tells whether a condition holds for an object. */
export function toPredicate<T>(condition: Condition<T>, objectsOf: ObjectsOf): Predicate<T> {
  switch (condition.type) {
    case "one-of":
    case "none-of": {
      const values = new Set<unknown>(condition.values);
      const expected = condition.type === "one-of";
      return (object) => values.has(object[condition.member]) === expected;
    }
    case "equals":
      return (object) => object[condition.member] === condition.value;
    case "is-missing":
      return (object) => ((object[condition.member] ?? null) === null) === condition.expected;
    case "at-least":
      return compares(condition, (order) => order >= 0);
    case "at-most":
      return compares(condition, (order) => order <= 0);
    case "contains-text": {
      const text = condition.text.toLowerCase();
      return (object) =>
        condition.members.some((member) => jsonOrText(object[member])?.toLowerCase().includes(text) === true);
    }
    case "starts-with":
      return (object) =>
        condition.prefixes.some((prefix) => textOf(object[condition.member])?.startsWith(prefix) === true);
    case "contains-all":
      return (object) => condition.values.every((value) => arrayOf(object[condition.member]).includes(value));
    case "contains-any":
      return (object) => condition.values.some((value) => arrayOf(object[condition.member]).includes(value));
    case "has-labels":
      return (object) =>
        labelsOf(object[condition.member]).some((labels) =>
          condition.labels.every((expected) => hasLabel(labels, expected)),
        );
    case "is-empty":
      return (object) => (arrayOf(object[condition.member]).length === 0) === condition.expected;
    case "all":
    case "any": {
      const predicates = condition.conditions.map((inner) => toPredicate(inner, objectsOf));
      return condition.type === "all"
        ? (object) => predicates.every((predicate) => predicate(object))
        : (object) => predicates.some((predicate) => predicate(object));
    }
    case "not": {
      const predicate = toPredicate(condition.condition, objectsOf);
      return (object) => !predicate(object);
    }
    case "related": {
      const found = relatedValues(condition, objectsOf);
      return (object) => found.has(object[condition.member]);
    }
  }
}

/** The values by which matching objects of the other noun are referred to. */
function relatedValues<N extends keyof StoredNouns>(
  related: { readonly noun: N; readonly references: string; readonly where?: unknown },
  objectsOf: ObjectsOf,
): ReadonlySet<unknown> {
  // The union of related conditions pairs each noun with conditions on it.
  const where = related.where as Condition<StoredNouns[N]> | undefined;
  const references = related.references as MemberOf<StoredNouns[N]>;
  const values = new Set<unknown>();
  for (const object of select(objectsOf(related.noun), where, objectsOf)) values.add(object[references]);
  values.delete(null);
  return values;
}

function compares<T>(
  {
    member,
    value,
  }: { readonly member: MemberOf<T> | readonly MemberOf<T>[]; readonly value: string | number },
  isMatch: (order: number) => boolean,
): Predicate<T> {
  return (object) => {
    const own = firstOf(object, member);
    if (typeof value === "number") return typeof own === "number" && isMatch(own - value);
    return typeof own === "string" && isMatch(compareTimestamps(own, value));
  };
}

/** The member, or the first of several that is not missing. */
export function firstOf<T>(object: T, member: MemberOf<T> | readonly MemberOf<T>[]): unknown {
  if (typeof member === "string") return object[member];
  for (const name of member) if ((object[name] ?? null) !== null) return object[name];
  return null;
}

/** An object is one of labels, a list is one of such objects. */
function labelsOf(value: unknown): readonly Readonly<Record<string, unknown>>[] {
  const objects: readonly unknown[] = Array.isArray(value) ? value : [value];
  return objects.filter(
    (object): object is Readonly<Record<string, unknown>> => typeof object === "object" && object !== null,
  );
}

function hasLabel(labels: Readonly<Record<string, unknown>>, { label, patterns }: LabelCondition): boolean {
  const value = labels[label];
  if (typeof value !== "string") return false;
  return patterns.some(
    ({ text, isPrefix, isNegated }) => (isPrefix ? value.startsWith(text) : value === text) !== isNegated,
  );
}

function jsonOrText(value: unknown): string | undefined {
  return typeof value === "object" && value !== null ? JSON.stringify(value) : textOf(value);
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}

function arrayOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}
