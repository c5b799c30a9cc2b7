/** Cases of the API suite on saved searches. */
import { newId } from "@sluice/protocol";
import { expect, it } from "vitest";
import type { OpenApi } from "./open-api.ts";

const FILTER = {
  object: "flow_run",
  property: "tags",
  type: "array",
  operation: "contains",
  value: ["ü", { a: [null] }],
};

export function savedSearchCases(open: OpenApi): void {
  it("are kept under their names, with the newest filters", async () => {
    const api = await open();
    const first = await api.savedSearches.save({ name: "mine", filters: [FILTER] });
    expect(first).toMatchObject({ name: "mine", filters: [FILTER] });
    expect(await api.savedSearches.get(first.id)).toEqual(first);
    const other = { ...FILTER, value: null };
    const again = await api.savedSearches.save({ name: "mine", filters: [other] });
    expect(again).toMatchObject({ id: first.id, created: first.created, filters: [other] });
    expect(await api.savedSearches.get(first.id)).toEqual(again);
    expect(await api.savedSearches.save({ name: "mine" })).toMatchObject({ id: first.id, filters: [] });
  });

  it("are listed by name and deleted", async () => {
    const api = await open();
    const [b, a] = [await api.savedSearches.save({ name: "b" }), await api.savedSearches.save({ name: "a" })];
    expect(await api.savedSearches.filter({})).toEqual([a, b]);
    expect(await api.savedSearches.filter({ limit: 1, offset: 1 })).toEqual([b]);
    await api.savedSearches.delete(a.id);
    expect(await api.savedSearches.filter({})).toEqual([b]);
    for (const call of [
      () => api.savedSearches.get(a.id),
      () => api.savedSearches.delete(a.id),
      () => api.savedSearches.get(newId()),
    ]) {
      await expect(call()).rejects.toMatchObject({ code: "OBJECT_NOT_FOUND" });
    }
  });

  it("have a name that is not endless", async () => {
    const api = await open();
    for (const name of ["", "n".repeat(256)]) {
      await expect(api.savedSearches.save({ name })).rejects.toMatchObject({ code: "INVALID_REQUEST" });
    }
    await expect(api.savedSearches.filter({ limit: 201 })).rejects.toMatchObject({ code: "INVALID_REQUEST" });
  });
}
