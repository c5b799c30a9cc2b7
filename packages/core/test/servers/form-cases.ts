/** Whether a server answers as our types say. */
import { newId } from "@sluice/protocol";
import {
  flowRunSchema,
  flowSchema,
  logSchema,
  orchestrationResultSchema,
  stateSchema,
  taskRunSchema,
} from "@sluice/protocol/schemas";
import { expect, vi } from "vitest";
import type { ServerUnderTest } from "./server-under-test.ts";

export function formCases({ test }: ServerUnderTest): void {
  test("answers in the forms of our schemas", async ({ api }) => {
    const created = await api.flows.create({ name: "forms" });
    const run = await api.flowRuns.create({ flow_id: created.id, tags: ["form"] });
    const tracking = await api.taskRuns.create({ task_key: "k", dynamic_key: "0", flow_run_id: run.id });
    await api.logs.create([
      {
        id: newId(),
        name: "form",
        level: 20,
        message: "\u0000 ü",
        timestamp: new Date().toISOString(),
        flow_run_id: run.id,
      },
    ]);
    const answer = await api.flowRuns.setState(run.id, { state: { type: "RUNNING" } });
    orchestrationResultSchema.parse(answer);
    flowSchema.parse(await api.flows.get(created.id));
    flowRunSchema.parse(await api.flowRuns.get(run.id));
    taskRunSchema.parse(await api.taskRuns.get(tracking.id));
    for (const state of await api.flowRuns.states(run.id)) stateSchema.parse(state);
    for (const state of await api.taskRuns.states(tracking.id)) stateSchema.parse(state);
    for (const each of await api.flows.filter({ limit: 200 })) flowSchema.parse(each);
    for (const each of await api.flowRuns.filter({ limit: 200 })) flowRunSchema.parse(each);
    for (const each of await api.taskRuns.filter({ limit: 200 })) taskRunSchema.parse(each);
    const lines = await vi.waitFor(async () => {
      const found = await api.logs.filter({ logs: { flow_run_id: { any_: [run.id] } } });
      expect(found).toHaveLength(1);
      return found;
    });
    for (const line of lines) logSchema.parse(line);
    expect(await api.flowRuns.count({ flow_runs: { id: { any_: [run.id] } } })).toBe(1);
    await api.flowRuns.update(run.id, { name: "renamed" });
    expect((await api.flowRuns.get(run.id)).name).toBe("renamed");
    await api.flowRuns.delete(run.id);
    await expect(api.flowRuns.get(run.id)).rejects.toMatchObject({ code: "OBJECT_NOT_FOUND" });
    const bad = api.flows.create({ name: "a/b" });
    await expect(bad).rejects.toMatchObject({ code: "INVALID_REQUEST" });
    await expect(bad).rejects.toThrow("body.name");
    const orphan = api.flowRuns.create({ flow_id: newId() });
    await expect(orphan).rejects.toMatchObject({ code: "CONFLICT" });
  });
}
