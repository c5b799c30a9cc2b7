import type { TaskCall } from "../task-runners/task-call.ts";
export async function toTaskCall(_i: unknown): Promise<TaskCall> {
  throw new Error("x");
}
