/** What a filter of log lines lets through. */
import type { LogFilter } from "@sluice/protocol";
import type { Condition } from "../conditions.ts";
import type { StoredNouns } from "../stored-nouns.ts";
import { parseTextQuery } from "../text-query.ts";
import { atTime, join, type MaybeCondition, nullable, type Optional, oneOf } from "./wire-filter.ts";

type Log = StoredNouns["log"];

export function logMatches(filter: Optional<LogFilter>): MaybeCondition<Log> {
  const { ge_: atLeast, le_: atMost } = filter?.level ?? {};
  return join<Log>(filter?.operator, [
    join<Log>("and_", [
      typeof atLeast === "number" ? { type: "at-least", member: "level", value: atLeast } : undefined,
      typeof atMost === "number" ? { type: "at-most", member: "level", value: atMost } : undefined,
    ]),
    atTime("timestamp", filter?.timestamp),
    oneOf("flow_run_id", filter?.flow_run_id),
    nullable("task_run_id", filter?.task_run_id),
    containsText(filter?.text?.query),
  ]);
}

/** The text of a line is its message and the name of its logger. A query without terms does not restrict. */
function containsText(text: Optional<string>): MaybeCondition<Log> {
  if (text === null || text === undefined) return undefined;
  const query = parseTextQuery(text);
  return join<Log>("and_", [
    ...query.allOf.map(occurs),
    ...query.noneOf.map((term): Condition<Log> => ({ type: "not", condition: occurs(term) })),
    join<Log>("or_", query.anyOf.map(occurs)),
  ]);
}

function occurs(text: string): Condition<Log> {
  return { type: "contains-text", members: ["message", "name"], text };
}
