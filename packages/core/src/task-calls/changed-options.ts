/** Options that `withOptions` gave to a task after the task was exported, as they are sent to another process. */
import { DEFAULT, FLOW_PARAMETERS, INPUTS, NO_CACHE, RUN_ID, TASK_SOURCE } from "../caching/cache-policy.ts";
import type { TaskDefinition } from "../tasks/task-definition.ts";
import type { TaskOptions } from "../tasks/task-options.ts";

/** What the flow's process sees to itself. */
const NOT_SENT: ReadonlySet<string> = new Set(["waitFor", "signal", "mapWindow"]);

/** Cache policies that are sent by name, as they are the same everywhere. */
const POLICIES: Readonly<Record<string, unknown>> = {
  DEFAULT,
  FLOW_PARAMETERS,
  INPUTS,
  NO_CACHE,
  RUN_ID,
  TASK_SOURCE,
};

/** The options of `definition` that `referenced` has not or has otherwise; `undefined` for one that was taken away. */
export function changedOptions(
  definition: TaskDefinition,
  referenced: TaskDefinition,
): Record<string, unknown> {
  if (definition === referenced) return {};
  const before = new Map(Object.entries(referenced.options));
  const after = new Map(Object.entries(definition.options));
  const changes: Record<string, unknown> = {};
  for (const name of new Set([...before.keys(), ...after.keys()])) {
    if (NOT_SENT.has(name) || Object.is(before.get(name), after.get(name))) continue;
    changes[name] = name === "cachePolicy" ? namedPolicy(after.get(name)) : after.get(name);
  }
  return changes;
}

/** Options as `withOptions` takes them, of what `changedOptions` gave. */
export function receivedOptions(changes: Readonly<Record<string, unknown>>): TaskOptions<never> {
  const { cachePolicy } = changes;
  return typeof cachePolicy === "string"
    ? ({ ...changes, cachePolicy: POLICIES[cachePolicy] } as TaskOptions<never>)
    : changes;
}

function namedPolicy(policy: unknown): unknown {
  return Object.keys(POLICIES).find((name) => POLICIES[name] === policy) ?? policy;
}
