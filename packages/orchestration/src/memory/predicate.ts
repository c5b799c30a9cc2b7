/** Turns the members of filters into functions; `undefined` stands for "does not restrict" throughout. */
import type { FlowRunFilter, TaskRunFilter } from "@sluice/protocol";
import { compareTimestamps } from "../timestamp.ts";

/** Whether a value is let through. */
type Predicate<T> = (value: T) => boolean;
/** A predicate, or nothing that restricts. */
export type MaybePredicate<T> = Predicate<T> | undefined;

type Operator = "and_" | "or_" | null | undefined;
type Restriction<T> = T | null | undefined;
type StateFilter = FlowRunFilter["state"];
type TimeFilter = FlowRunFilter["start_time"];
type TagsFilter = FlowRunFilter["tags"];
type NullableIdFilter = TaskRunFilter["flow_run_id"];

interface WithState {
  readonly state_type: string | null;
  readonly state_name: string | null;
}

/** Joins predicates, leaving out what does not restrict. */
export function join<T>(operator: Operator, predicates: readonly MaybePredicate<T>[]): MaybePredicate<T> {
  const restricting = predicates.filter((predicate) => predicate !== undefined);
  const [only] = restricting;
  if (restricting.length <= 1) return only;
  return operator === "or_"
    ? (value) => restricting.some((predicate) => predicate(value))
    : (value) => restricting.every((predicate) => predicate(value));
}

/** Applies a predicate on a member to what holds the member. */
export function on<T, M>(member: (value: T) => M, predicate: MaybePredicate<M>): MaybePredicate<T> {
  return predicate === undefined ? undefined : (value) => predicate(member(value));
}

/** `any_` and `not_any_` of a text; a missing text is none of them. */
export function oneOf(
  filter: Restriction<{
    readonly any_?: Restriction<readonly string[]>;
    readonly not_any_?: Restriction<readonly string[]>;
  }>,
): MaybePredicate<string | null> {
  const any = asSet(filter?.any_);
  const notAny = asSet(filter?.not_any_);
  return join<string | null>("and_", [
    any && ((text) => text !== null && any.has(text)),
    notAny && ((text) => text === null || !notAny.has(text)),
  ]);
}

/** `any_` and `is_null_` of an id, joined by the filter's own operator. */
export function nullableId(filter: NullableIdFilter): MaybePredicate<string | null> {
  return join(filter?.operator, [oneOf({ any_: filter?.any_ }), isNull(filter?.is_null_)]);
}

/** `any_` and `like_` of a name. */
export function named(filter: FlowRunFilter["name"]): MaybePredicate<string> {
  const part = filter?.like_?.toLowerCase();
  return join<string>("and_", [
    oneOf({ any_: filter?.any_ }),
    part === undefined ? undefined : (name) => name.toLowerCase().includes(part),
  ]);
}

/** `all_`, `any_` and `is_null_` (no tags at all) of tags, joined by the filter's own operator. */
export function tagged(filter: TagsFilter): MaybePredicate<readonly string[]> {
  const all = filter?.all_ ?? undefined;
  const any = asSet(filter?.any_);
  const isEmpty = filter?.is_null_ ?? undefined;
  return join<readonly string[]>(filter?.operator, [
    all && ((tags) => all.every((tag) => tags.includes(tag))),
    any && ((tags) => tags.some((tag) => any.has(tag))),
    isEmpty === undefined ? undefined : (tags) => (tags.length === 0) === isEmpty,
  ]);
}

/** Type and name of the current state, joined by the filter's own operator. */
export function inState<T extends WithState>(filter: StateFilter): MaybePredicate<T> {
  return join<T>(filter?.operator, [
    on((run) => run.state_type, oneOf(filter?.type)),
    on((run) => run.state_name, oneOf(filter?.name)),
  ]);
}

/** `before_`, `after_` (both inclusive) and `is_null_` of an instant; `fallback` stands in for a missing one, but not for `is_null_`. */
export function atTime<T>(
  filter: TimeFilter,
  instant: (value: T) => string | null,
  fallback: (value: T) => string | null = instant,
): MaybePredicate<T> {
  const before = filter?.before_ ?? undefined;
  const after = filter?.after_ ?? undefined;
  return join<T>("and_", [
    on(
      (value) => instant(value) ?? fallback(value),
      join<string | null>("and_", [
        before === undefined ? undefined : (time) => time !== null && compareTimestamps(time, before) <= 0,
        after === undefined ? undefined : (time) => time !== null && compareTimestamps(time, after) >= 0,
      ]),
    ),
    on(instant, isNull(filter?.is_null_)),
  ]);
}

function isNull(expected: Restriction<boolean>): MaybePredicate<string | null> {
  return expected === null || expected === undefined ? undefined : (value) => (value === null) === expected;
}

function asSet(list: Restriction<readonly string[]>): ReadonlySet<string> | undefined {
  return list === null || list === undefined ? undefined : new Set(list);
}
