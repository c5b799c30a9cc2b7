/** Cases of the API suite on the default storage of results. */
import { newId } from "@sluice/protocol";
import { expect, it } from "vitest";
import { fieldsOf, registerBlock, saveBlock } from "./block-fixtures.ts";
import type { OpenApi } from "./open-api.ts";

const NONE = { default_result_storage_block_id: null };

export function resultStorageCases(open: OpenApi): void {
  it("is a block that files can be written to, until it is cleared or the block is deleted", async () => {
    const api = await open();
    expect(await api.resultStorage.get()).toEqual(NONE);
    await api.resultStorage.clear();
    const files = await registerBlock(api, "files", fieldsOf("files", []), ["read-path", "write-path"]);
    const [a, b] = [await saveBlock(api, files, "a", {}), await saveBlock(api, files, "b", {})];
    for (const { id } of [a, b]) {
      const storage = { default_result_storage_block_id: id };
      expect(await api.resultStorage.set(storage)).toEqual(storage);
      expect(await api.resultStorage.get()).toEqual(storage);
    }
    await api.blockDocuments.delete(b.id);
    expect(await api.resultStorage.get()).toEqual(NONE);
    await api.resultStorage.set({ default_result_storage_block_id: a.id });
    await api.resultStorage.clear();
    expect(await api.resultStorage.get()).toEqual(NONE);
  });

  it("is no block that is not there or cannot be written to", async () => {
    const api = await open();
    const { id } = await saveBlock(api, await registerBlock(api, "json"), "a", {});
    await expect(api.resultStorage.set({ default_result_storage_block_id: id })).rejects.toMatchObject({
      code: "INVALID_REQUEST",
    });
    await expect(api.resultStorage.set({ default_result_storage_block_id: newId() })).rejects.toMatchObject({
      code: "OBJECT_NOT_FOUND",
    });
    expect(await api.resultStorage.get()).toEqual(NONE);
  });
}
