/** Translates the members of the wire's filters into conditions; `undefined` stands for "does not restrict" throughout. */
import type { FlowRunFilter, TaskRunFilter } from "@sluice/protocol";
import type { Condition, MemberOf } from "../conditions.ts";

export type MaybeCondition<T> = Condition<T> | undefined;
export type Optional<T> = T | null | undefined;

interface Lists {
  readonly any_?: Optional<readonly string[]>;
  readonly not_any_?: Optional<readonly string[]>;
}

/** Joins conditions, leaving out what does not restrict. */
export function join<T>(
  operator: Optional<"and_" | "or_">,
  conditions: readonly MaybeCondition<T>[],
): MaybeCondition<T> {
  const restricting = conditions.filter((condition) => condition !== undefined);
  if (restricting.length <= 1) return restricting[0];
  return { type: operator === "or_" ? "any" : "all", conditions: restricting };
}

/** `any_` and `not_any_`. */
export function oneOf<T>(member: MemberOf<T>, filter: Optional<Lists>): MaybeCondition<T> {
  const { any_: any, not_any_: notAny } = filter ?? {};
  return join<T>("and_", [
    any ? { type: "one-of", member, values: any } : undefined,
    notAny ? { type: "none-of", member, values: notAny } : undefined,
  ]);
}

/** `any_` and `is_null_`, joined by the filter's own operator. */
export function nullable<T>(
  member: MemberOf<T>,
  filter: Optional<{
    readonly operator?: Optional<"and_" | "or_">;
    readonly any_?: Optional<readonly string[]>;
    readonly is_null_?: Optional<boolean>;
  }>,
): MaybeCondition<T> {
  return join<T>(filter?.operator, [
    oneOf(member, { any_: filter?.any_ }),
    isMissing(member, filter?.is_null_),
  ]);
}

/** `any_` and `like_`. */
export function named<T>(member: MemberOf<T>, filter: FlowRunFilter["name"]): MaybeCondition<T> {
  const part = filter?.like_ ?? undefined;
  return join<T>("and_", [
    oneOf(member, { any_: filter?.any_ }),
    part === undefined ? undefined : { type: "contains-text", members: [member], text: part },
  ]);
}

/** `all_`, `any_` and `is_null_` (none at all) of an array, joined by the filter's own operator. */
export function tagged<T>(member: MemberOf<T>, filter: FlowRunFilter["tags"]): MaybeCondition<T> {
  const { all_: all, any_: any, is_null_: isEmpty } = filter ?? {};
  return join<T>(filter?.operator, [
    all ? { type: "contains-all", member, values: all } : undefined,
    any ? { type: "contains-any", member, values: any } : undefined,
    typeof isEmpty === "boolean" ? { type: "is-empty", member, expected: isEmpty } : undefined,
  ]);
}

/** Type and name of the current state, joined by the filter's own operator. */
export function inState<T extends { readonly state_type: string | null; readonly state_name: string | null }>(
  filter: TaskRunFilter["state"],
): MaybeCondition<T> {
  return join<T>(filter?.operator, [
    oneOf<T>("state_type", filter?.type),
    oneOf<T>("state_name", filter?.name),
  ]);
}

/** `before_`, `after_` (both inclusive) and `is_null_` of an instant; `fallback` stands in for a missing one, but not for `is_null_`. */
export function atTime<T>(
  member: MemberOf<T>,
  filter: FlowRunFilter["start_time"],
  fallback?: MemberOf<T>,
): MaybeCondition<T> {
  const { before_: before, after_: after } = filter ?? {};
  const members = fallback === undefined ? member : [member, fallback];
  return join<T>("and_", [
    before ? { type: "at-most", member: members, value: before } : undefined,
    after ? { type: "at-least", member: members, value: after } : undefined,
    isMissing(member, filter?.is_null_),
  ]);
}

/** `is_null_`. */
export function isMissing<T>(member: MemberOf<T>, expected: Optional<boolean>): MaybeCondition<T> {
  return typeof expected === "boolean" ? { type: "is-missing", member, expected } : undefined;
}
