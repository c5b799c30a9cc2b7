/** The graphs that a server makes of flow runs: what depends on what, and what is inside what. */
import { expect } from "vitest";
import { flow } from "../../src/flows/flow.ts";
import { task } from "../../src/tasks/task.ts";
import type { ServerUnderTest } from "./server-under-test.ts";

export function graphCases({ rest, test }: ServerUnderTest): void {
  test("draws tasks, tasks in tasks and sub-flows, with what depends on what", async () => {
    const load = task({ name: "load" }, async () => ({ rows: 5 }));
    const part = task({ name: "part" }, async () => 1);
    const whole = task({ name: "whole" }, async (_table: object) => part());
    const inner = flow({ name: "graph-inner" }, async ({ table }: { table: { rows: number } }) => table.rows);
    await flow({ name: "graph-outer" }, async () => {
      const table = load.submit();
      await whole(table);
      await inner({ table: await table });
    })();
    const [outer, child] = [await rest().flowRun("graph-outer"), await rest().flowRun("graph-inner")];
    const tasks = await rest().taskRuns(outer.id, 4);
    const idOf = (name: string): { readonly id: string | undefined } => ({ id: tasks.get(name)?.id });
    const graph = await rest().graph(outer.id);
    expect(graph.get("load-0")?.children).toContainEqual(idOf("whole-0"));
    expect(graph.get("whole-0")?.parents).toEqual([idOf("load-0")]);
    expect(graph.get("part-0")?.encapsulating).toEqual([idOf("whole-0")]);
    const node = [...graph.values()].find(({ kind }) => kind === "flow-run");
    expect(node).toMatchObject({ id: child.id, state_type: "COMPLETED", parents: [idOf("load-0")] });
  });
}
