/** A task that calls a flow, where worker threads can find it. */
import { flow } from "../../src/flows/flow.ts";
import { task } from "../../src/tasks/task.ts";

export const twice = flow({ name: "twice" }, async ({ n }: { n: number }) => n * 2);
export const callsTwice = task({ name: "calls-twice" }, async (n: number) => twice({ n }));
