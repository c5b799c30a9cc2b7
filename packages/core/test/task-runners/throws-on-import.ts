import { isMainThread } from "node:worker_threads";
import { task } from "../../src/tasks/task.ts";

if (!isMainThread) throw new Error("no database in this thread");

export const unlucky = task({ name: "unlucky" }, async () => 1);
