/** Turns conditions into SQL. */
import type { LabelCondition, Condition as ObjectCondition, StoredNouns } from "@sluice/orchestration";
import { isTerminalStateType, STATE_TYPES } from "@sluice/protocol";
import { isLive } from "../tables/live-state.ts";
import { kindOf, type Noun } from "../tables/noun-tables.ts";
import { storedTimestamp } from "../tables/stored-timestamp.ts";
import type { Operand, QueryDialect } from "./query-dialect.ts";
import { joinSql, rawSql, type SqlFragment, sql } from "./sql-fragment.ts";

/** A condition on whichever noun. */
export type AnyCondition = { readonly [N in Noun]: ObjectCondition<StoredNouns[N]> }[Noun];

/** Where the members of a condition are: a table, or an alias of one inside another query. */
export interface Scope {
  readonly noun: Noun;
  readonly alias: string;
  readonly depth: number;
  /** Members that are also elsewhere, from where they are better taken. */
  readonly columns?: ReadonlyMap<string, string> | undefined;
}

export function compileCondition(dialect: QueryDialect, condition: AnyCondition, scope: Scope): SqlFragment {
  const inner = (nested: AnyCondition): SqlFragment => compileCondition(dialect, nested, scope);
  const own = (member: string): SqlFragment => column(scope, member).fragment;
  switch (condition.type) {
    case "one-of":
      return oneOf(dialect, condition, scope);
    case "none-of": {
      const operand = column(scope, condition.member);
      return sql`(${operand.fragment} is null or not ${isIn(dialect, operand, condition.values)})`;
    }
    case "equals": {
      const { member, value } = condition;
      if (typeof value === "string") return oneOf(dialect, { member, values: [value] }, scope);
      return sql`${own(member)} = ${typeof value === "boolean" ? Number(value) : value}`;
    }
    case "is-missing":
      return condition.expected
        ? sql`${own(condition.member)} is null`
        : sql`${own(condition.member)} is not null`;
    case "at-least":
      return sql`${firstOf(scope, condition.member)} >= ${limitOf(condition.value)}`;
    case "at-most":
      return sql`${firstOf(scope, condition.member)} <= ${limitOf(condition.value)}`;
    case "contains-text":
      return joined(
        "any",
        condition.members.map((member) => dialect.containsText(column(scope, member), condition.text)),
      );
    case "starts-with":
      return joined(
        "any",
        condition.prefixes.map((prefix) => startsWith(own(condition.member), prefix)),
      );
    case "contains-all":
      return dialect.containsAll(own(condition.member), condition.values);
    case "contains-any":
      if (condition.member === "resource_ids") return involves(dialect, condition.values, scope);
      return dialect.containsAny(own(condition.member), condition.values);
    case "has-labels":
      return dialect.someObject(own(condition.member), (object) =>
        joined(
          "all",
          condition.labels.map((expected) => hasLabel(dialect.memberText(object, expected.label), expected)),
        ),
      );
    case "is-empty":
      return condition.expected
        ? sql`${own(condition.member)} = '[]'`
        : sql`${own(condition.member)} <> '[]'`;
    case "all":
    case "any":
      return joined(condition.type, condition.conditions.map(inner));
    case "not":
      return sql`not coalesce(${inner(condition.condition)}, false)`;
    case "related":
      return related(dialect, condition, scope);
  }
}

/** The first of several columns that is not null. */
export function firstOf(scope: Scope, member: string | readonly string[]): SqlFragment {
  if (typeof member === "string") return column(scope, member).fragment;
  return sql`coalesce(${joinSql(
    member.map((name) => column(scope, name).fragment),
    ", ",
  )})`;
}

function oneOf(
  dialect: QueryDialect,
  { member, values }: { readonly member: string; readonly values: readonly string[] },
  scope: Scope,
): SqlFragment {
  const condition = isIn(dialect, column(scope, member), values);
  const isRun = scope.noun === "flow_run" || scope.noun === "task_run";
  if (member !== "state_type" || !isRun) return condition;
  // Says nothing new, but lets the database use the index on live runs, or that on cancelled ones.
  if (values.every(isLiveType)) return sql`(${condition} and ${rawSql(isLive(scope.alias))})`;
  const isCancelled = values.length === 1 && values[0] === "CANCELLED";
  return isCancelled ? rawSql(`${scope.alias}.state_type = 'CANCELLED'`) : condition;
}

/** The ids of an event's resources lie in a table of their own; the column is there only for conditions. */
function involves(dialect: QueryDialect, ids: readonly string[], scope: Scope): SqlFragment {
  const resourceId: Operand = { fragment: rawSql("involved.resource_id"), kind: "text" };
  const { fragment: id } = column(scope, "id");
  const { fragment: occurred } = column(scope, "occurred");
  if (dialect.knowsFrequencies)
    return sql`exists (select 1 from event_resource as involved where ${isIn(dialect, resourceId, ids)} and involved.occurred = ${occurred} and involved.event_id = ${id})`;
  return sql`${id} in (select involved.event_id from event_resource as involved where ${isIn(dialect, resourceId, ids)})`;
}

function hasLabel(value: SqlFragment, { patterns }: LabelCondition): SqlFragment {
  return joined(
    "any",
    patterns.map(({ text, isPrefix, isNegated }) => {
      const isMatch = isPrefix ? startsWith(value, text) : sql`${value} = ${text}`;
      return isNegated ? sql`not ${isMatch}` : isMatch;
    }),
  );
}

function isLiveType(type: string): boolean {
  const known = STATE_TYPES.find((name) => name === type);
  return known !== undefined && !isTerminalStateType(known);
}

/**
 * From a reference to what it refers to `in` finds the few first, so that an index leads from them to the rows; the
 * other way `exists` stops at the first of many.
 */
function related(
  dialect: QueryDialect,
  condition: Extract<AnyCondition, { readonly type: "related" }>,
  scope: Scope,
): SqlFragment {
  const depth = scope.depth + 1;
  const other: Scope = { noun: condition.noun, alias: `${condition.noun}_${depth}`, depth };
  const where = condition.where && compileCondition(dialect, condition.where, other);
  const own = column(scope, condition.member).fragment;
  const reference = column(other, condition.references).fragment;
  const from = rawSql(`from ${other.noun} as ${other.alias}`);
  if (condition.references === "id") {
    return sql`${own} in (select ${reference} ${from}${where === undefined ? sql`` : sql` where ${where}`})`;
  }
  return sql`exists (select 1 ${from} where ${reference} = ${own}${where === undefined ? sql`` : sql` and ${where}`})`;
}

function joined(type: "all" | "any", conditions: readonly SqlFragment[]): SqlFragment {
  if (conditions.length === 0) return type === "all" ? sql`true` : sql`false`;
  return sql`(${joinSql(conditions, type === "any" ? " or " : " and ")})`;
}

/** The commonest lists have one element; equality lets an index give the order too. */
function isIn(dialect: QueryDialect, operand: Operand, values: readonly string[]): SqlFragment {
  const [first] = values;
  if (first === undefined) return sql`false`;
  return values.length === 1 ? sql`${operand.fragment} = ${first}` : dialect.isOneOf(operand, values);
}

/** By bytes, so that an index on the column serves; nothing sorts after a prefix followed by the last code point. */
function startsWith(text: SqlFragment, prefix: string): SqlFragment {
  return sql`(${text} >= ${prefix} and ${text} <= ${`${prefix}\u{10FFFF}`})`;
}

/** Texts that are compared are instants. */
function limitOf(value: string | number): string | number {
  return typeof value === "number" ? value : storedTimestamp(value);
}

function column(scope: Scope, member: string): Operand {
  const name = scope.columns?.get(member) ?? `${scope.alias}."${member}"`;
  return { fragment: rawSql(name), kind: kindOf(scope.noun, member) };
}
