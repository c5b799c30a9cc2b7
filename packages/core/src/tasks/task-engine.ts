/**
 * The engine that a task carries with it. A program may have several copies of this package (installed twice, or made
 * CommonJS by a loader), and a task must be run by the engine of its own copy: that is where its code looks for its run.
 */
import type { TaskCall, TaskOutcome } from "../task-calls/task-call.ts";
import type { TaskChannel } from "./task-channel.ts";

export type TaskEngine = (call: TaskCall, channel: TaskChannel) => Promise<TaskOutcome>;

/** The member of a task that is its engine; the same for all copies. */
export const TASK_ENGINE: unique symbol = Symbol.for("@sluice/core/task-engine");

/** The engine of a task of any copy, `undefined` for any other value. */
export function engineOf(value: unknown): TaskEngine | undefined {
  if (typeof value !== "function") return undefined;
  const engine: unknown = Reflect.get(value, TASK_ENGINE);
  return typeof engine === "function" ? (engine as TaskEngine) : undefined;
}
