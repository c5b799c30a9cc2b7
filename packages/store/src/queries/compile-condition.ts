/** Turns conditions into SQL. */
import type { Condition as ObjectCondition, StoredNouns } from "@sluice/orchestration";
import { isTerminalStateType, STATE_TYPES } from "@sluice/protocol";
import { sql } from "kysely";
import { isLive } from "../tables/live-state.ts";
import { storedTimestamp } from "../tables/stored-timestamp.ts";
import type { Condition, QueryDialect, TextExpression } from "./query-dialect.ts";

type Noun = keyof StoredNouns;
type AnyCondition = { readonly [N in Noun]: ObjectCondition<StoredNouns[N]> }[Noun];

/** Where the members of a condition are: a table, or an alias of one inside another query. */
export interface Scope {
  readonly noun: Noun;
  readonly alias: string;
  readonly depth: number;
}

export function compileCondition(dialect: QueryDialect, condition: AnyCondition, scope: Scope): Condition {
  const inner = (nested: AnyCondition): Condition => compileCondition(dialect, nested, scope);
  switch (condition.type) {
    case "one-of":
      return oneOf(dialect, condition, scope);
    case "none-of": {
      const text = column(scope, condition.member);
      return sql`(${text} is null or not ${isIn(dialect, text, condition.values)})`;
    }
    case "equals": {
      const { value } = condition;
      return sql`${column(scope, condition.member)} = ${typeof value === "boolean" ? Number(value) : value}`;
    }
    case "is-missing":
      return condition.expected
        ? sql`${column(scope, condition.member)} is null`
        : sql`${column(scope, condition.member)} is not null`;
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
        condition.prefixes.map((prefix) => startsWith(column(scope, condition.member), prefix)),
      );
    case "contains-all":
      return dialect.containsAll(column(scope, condition.member), condition.values);
    case "contains-any":
      return dialect.containsAny(column(scope, condition.member), condition.values);
    case "is-empty":
      return condition.expected
        ? sql`${column(scope, condition.member)} = '[]'`
        : sql`${column(scope, condition.member)} <> '[]'`;
    case "all":
    case "any":
      return joined(condition.type, condition.conditions.map(inner));
    case "not":
      return sql`not ${inner(condition.condition)}`;
    case "related":
      return related(dialect, condition, scope);
  }
}

/** The first of several columns that is not null. */
export function firstOf(scope: Scope, member: string | readonly string[]): TextExpression {
  if (typeof member === "string") return column(scope, member);
  return sql`coalesce(${sql.join(member.map((name) => column(scope, name)))})`;
}

function oneOf(
  dialect: QueryDialect,
  { member, values }: { readonly member: string; readonly values: readonly string[] },
  scope: Scope,
): Condition {
  const condition = isIn(dialect, column(scope, member), values);
  const isRun = scope.noun === "flow_run" || scope.noun === "task_run";
  if (member !== "state_type" || !isRun || !values.every(isLiveType)) return condition;
  // Says nothing new, but lets the database use the index on live runs.
  return sql`(${condition} and ${sql.raw(isLive(scope.alias))})`;
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
): Condition {
  const depth = scope.depth + 1;
  const other: Scope = { noun: condition.noun, alias: `${condition.noun}_${depth}`, depth };
  const where = condition.where && compileCondition(dialect, condition.where, other);
  const own = column(scope, condition.member);
  const reference = column(other, condition.references);
  const from = sql`from ${sql.table(other.noun)} as ${sql.ref(other.alias)}`;
  if (condition.references === "id") {
    return sql`${own} in (select ${reference} ${from}${where === undefined ? sql`` : sql` where ${where}`})`;
  }
  return sql`exists (select 1 ${from} where ${reference} = ${own}${where === undefined ? sql`` : sql` and ${where}`})`;
}

function joined(type: "all" | "any", conditions: readonly Condition[]): Condition {
  if (conditions.length === 0) return type === "all" ? sql`true` : sql`false`;
  return sql`(${sql.join(conditions, type === "any" ? sql` or ` : sql` and `)})`;
}

/** The commonest lists have one element; equality lets an index give the order too. */
function isIn(dialect: QueryDialect, text: TextExpression, values: readonly string[]): Condition {
  const [first] = values;
  if (first === undefined) return sql`false`;
  return values.length === 1 ? sql`${text} = ${first}` : dialect.isOneOf(text, values);
}

/** By bytes, so that an index on the column serves; nothing sorts after a prefix followed by the last code point. */
function startsWith(text: TextExpression, prefix: string): Condition {
  return sql`(${text} >= ${prefix} and ${text} <= ${`${prefix}\u{10FFFF}`})`;
}

/** Texts that are compared are instants. */
function limitOf(value: string | number): string | number {
  return typeof value === "number" ? value : storedTimestamp(value);
}

function column(scope: Scope, member: string): TextExpression {
  return sql.ref(`${scope.alias}.${member}`);
}
