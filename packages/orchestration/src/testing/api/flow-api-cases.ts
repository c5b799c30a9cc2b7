/** Cases of the API suite on flows. */
import { newId } from "@sluice/protocol";
import { expect, it } from "vitest";
import type { OpenApi } from "./open-api.ts";

export function flowApiCases(open: OpenApi): void {
  it("creates a flow once per name and gives it back unchanged", async () => {
    const api = await open();
    const first = await api.flows.create({ name: "etl ü", tags: ["a"], labels: { team: "x" } });
    expect(first).toMatchObject({ name: "etl ü", tags: ["a"], labels: { team: "x" } });
    expect(await api.flows.create({ name: "etl ü", tags: ["b"] })).toEqual(first);
    expect(await api.flows.get(first.id)).toEqual(first);
    expect(first.created).toMatch(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,6})?Z$/);
  });

  it.each(["", "a/b", "50%", "a&b", "<a", "a>b"])("refuses to create a flow named %j", async (name) => {
    const api = await open();
    await expect(api.flows.create({ name })).rejects.toMatchObject({ code: "INVALID_REQUEST" });
  });

  it("misses a flow that does not exist", async () => {
    const api = await open();
    const id = newId();
    const missing = api.flows.get(id);
    await expect(missing).rejects.toMatchObject({ code: "OBJECT_NOT_FOUND" });
    await expect(missing).rejects.toThrow(id);
  });

  it("filters and counts flows", async () => {
    const api = await open();
    const [b, a] = [
      await api.flows.create({ name: "b", tags: ["t"] }),
      await api.flows.create({ name: "a" }),
    ];
    expect(await api.flows.filter({})).toEqual([a, b]);
    expect(await api.flows.filter({ sort: "NAME_DESC", limit: 1 })).toEqual([b]);
    expect(await api.flows.filter({ flows: { tags: { all_: ["t"] } } })).toEqual([b]);
    expect(await api.flows.count({ flows: { name: { any_: ["a"] } } })).toBe(1);
  });
}
