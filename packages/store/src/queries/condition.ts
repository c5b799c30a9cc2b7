/** Turns the members of filters into SQL; `undefined` stands for "does not restrict" throughout. */
import type { FlowRunFilter, TaskRunFilter } from "@sluice/protocol";
import { isTerminalStateType } from "@sluice/protocol";
import { sql } from "kysely";
import { isLive } from "../tables/live-state.ts";
import { storedTimestamp } from "../tables/stored-timestamp.ts";
import type { Condition, QueryDialect, TextExpression } from "./query-dialect.ts";

export type MaybeCondition = Condition | undefined;

type Operator = "and_" | "or_" | null | undefined;
type Optional<T> = T | null | undefined;
type TimeFilter = FlowRunFilter["start_time"];

interface Lists {
  readonly any_?: Optional<readonly string[]>;
  readonly not_any_?: Optional<readonly string[]>;
}

/** Joins conditions, leaving out what does not restrict. */
export function join(operator: Operator, conditions: readonly MaybeCondition[]): MaybeCondition {
  const restricting = conditions.filter((condition) => condition !== undefined);
  const [only] = restricting;
  if (restricting.length <= 1) return only;
  return sql`(${sql.join(restricting, operator === "or_" ? sql` or ` : sql` and `)})`;
}

/** `any_` and `not_any_` of a text; a missing text is none of them. */
export function oneOf(dialect: QueryDialect, text: TextExpression, filter: Optional<Lists>): MaybeCondition {
  const { any_: any, not_any_: notAny } = filter ?? {};
  return join("and_", [
    any ? isIn(dialect, text, any) : undefined,
    notAny ? sql`(${text} is null or not ${isIn(dialect, text, notAny)})` : undefined,
  ]);
}

/** `any_` and `is_null_` of an id, joined by the filter's own operator. */
export function nullableId(
  dialect: QueryDialect,
  id: TextExpression,
  filter: TaskRunFilter["flow_run_id"],
): MaybeCondition {
  return join(filter?.operator, [oneOf(dialect, id, { any_: filter?.any_ }), isNull(id, filter?.is_null_)]);
}

/** `any_` and `like_` of a name. */
export function named(
  dialect: QueryDialect,
  name: TextExpression,
  filter: FlowRunFilter["name"],
): MaybeCondition {
  const part = filter?.like_ ?? undefined;
  return join("and_", [
    oneOf(dialect, name, { any_: filter?.any_ }),
    part === undefined ? undefined : dialect.containsText(name, part),
  ]);
}

/** `all_`, `any_` and `is_null_` (no tags at all) of tags, joined by the filter's own operator. */
export function tagged(
  dialect: QueryDialect,
  tags: TextExpression,
  filter: FlowRunFilter["tags"],
): MaybeCondition {
  const { all_: all, any_: any, is_null_: isEmpty } = filter ?? {};
  return join(filter?.operator, [
    all ? dialect.containsAll(tags, all) : undefined,
    any ? dialect.containsAny(tags, any) : undefined,
    typeof isEmpty === "boolean" ? (isEmpty ? sql`${tags} = '[]'` : sql`${tags} <> '[]'`) : undefined,
  ]);
}

/** Type and name of the current state, joined by the filter's own operator. */
export function inState(
  dialect: QueryDialect,
  table: "flow_run" | "task_run",
  filter: FlowRunFilter["state"],
): MaybeCondition {
  const types = filter?.type?.any_;
  const asksForLive = types?.every((type) => !isTerminalStateType(type)) === true;
  return join(filter?.operator, [
    join("and_", [
      oneOf(dialect, sql.ref(`${table}.state_type`), filter?.type),
      // Says nothing new, but lets the database use the index on live runs.
      asksForLive ? sql.raw(isLive(table)) : undefined,
    ]),
    oneOf(dialect, sql.ref(`${table}.state_name`), filter?.name),
  ]);
}

/** `before_`, `after_` (both inclusive) and `is_null_` of an instant; `fallback` stands in for a missing one, but not for `is_null_`. */
export function atTime(
  filter: TimeFilter,
  instant: TextExpression,
  withFallback: TextExpression = instant,
): MaybeCondition {
  const { before_: before, after_: after } = filter ?? {};
  return join("and_", [
    before ? sql`${withFallback} <= ${storedTimestamp(before)}` : undefined,
    after ? sql`${withFallback} >= ${storedTimestamp(after)}` : undefined,
    isNull(instant, filter?.is_null_),
  ]);
}

function isNull(text: TextExpression, expected: Optional<boolean>): MaybeCondition {
  if (expected === null || expected === undefined) return undefined;
  return expected ? sql`${text} is null` : sql`${text} is not null`;
}

/** The commonest lists have one element; equality lets an index give the order too. */
function isIn(dialect: QueryDialect, text: TextExpression, values: readonly string[]): Condition {
  const [first] = values;
  if (first === undefined) return sql`false`;
  return values.length === 1 ? sql`${text} = ${first}` : dialect.isOneOf(text, values);
}
