/** Cases of the API suite on variables. */
import { newId } from "@sluice/protocol";
import { expect, it } from "vitest";
import type { OpenApi } from "./open-api.ts";

export function variableCases(open: OpenApi): void {
  it("keeps any JSON under a name", async () => {
    const api = await open();
    for (const value of ["text", 1.5, true, null, ["ü", { a: [null] }]]) {
      const name = `v-${newId()}`;
      const variable = await api.variables.create({ name, value, tags: ["t"] });
      expect(variable).toMatchObject({ name, value, tags: ["t"] });
      expect(await api.variables.get(variable.id)).toEqual(variable);
      expect(await api.variables.getByName(name)).toEqual(variable);
    }
  });

  it("has one variable of a name", async () => {
    const api = await open();
    await api.variables.create({ name: "a", value: 1 });
    const { id } = await api.variables.create({ name: "b", value: 2 });
    await expect(api.variables.create({ name: "a", value: 3 })).rejects.toMatchObject({ code: "CONFLICT" });
    await expect(api.variables.update(id, { name: "a" })).rejects.toMatchObject({ code: "CONFLICT" });
    expect(await api.variables.getByName("a")).toMatchObject({ value: 1 });
  });

  it("changes the members given, by id and by name", async () => {
    const api = await open();
    const { id } = await api.variables.create({ name: "a", value: 1, tags: ["t"] });
    await api.variables.update(id, { value: null });
    expect(await api.variables.get(id)).toMatchObject({ name: "a", value: null, tags: ["t"] });
    await api.variables.updateByName("a", { name: "b", tags: [] });
    expect(await api.variables.getByName("b")).toMatchObject({ id, value: null, tags: [] });
  });

  it("deletes by id and by name", async () => {
    const api = await open();
    const { id } = await api.variables.create({ name: "a", value: 1 });
    await api.variables.create({ name: "b", value: 1 });
    await api.variables.delete(id);
    await api.variables.deleteByName("b");
    expect(await api.variables.count({})).toBe(0);
    for (const call of [
      () => api.variables.get(id),
      () => api.variables.getByName("a"),
      () => api.variables.delete(id),
      () => api.variables.updateByName("b", { value: 1 }),
    ]) {
      await expect(call()).rejects.toMatchObject({ code: "OBJECT_NOT_FOUND" });
    }
  });

  it("refuses names and values that do not fit", async () => {
    const api = await open();
    for (const name of ["", "A", "a b", "a".repeat(256)]) {
      await expect(api.variables.create({ name, value: 1 })).rejects.toMatchObject({
        code: "INVALID_REQUEST",
      });
    }
    const long = api.variables.create({ name: "a", value: "x".repeat(4999) });
    await expect(long).rejects.toMatchObject({ code: "INVALID_REQUEST" });
    expect(await api.variables.create({ name: "a", value: "x".repeat(4998) })).toMatchObject({ name: "a" });
  });

  it("lists those that match", async () => {
    const api = await open();
    const tags: Readonly<Record<string, string[]>> = { "a-1": ["x"], "a-2": [], "b-1": ["x", "y"] };
    for (const [name, own] of Object.entries(tags)) await api.variables.create({ name, value: 1, tags: own });
    const names = async (query: Parameters<typeof api.variables.filter>[0]) =>
      (await api.variables.filter(query)).map(({ name }) => name);
    expect(await names({})).toEqual(["a-1", "a-2", "b-1"]);
    expect(await names({ sort: "NAME_DESC", limit: 2 })).toEqual(["b-1", "a-2"]);
    expect(await names({ variables: { name: { like_: "A-" } } })).toEqual(["a-1", "a-2"]);
    expect(await names({ variables: { tags: { all_: ["x"] } }, offset: 1 })).toEqual(["b-1"]);
    expect(await names({ variables: { tags: { is_null_: true } } })).toEqual(["a-2"]);
    expect(await api.variables.count({ variables: { name: { any_: ["a-1", "none"] } } })).toBe(1);
  });
}
