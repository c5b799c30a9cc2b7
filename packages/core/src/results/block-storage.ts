/** Result storage that is named instead of given: a block that keeps files, such as `s3-bucket/results`. */
import type { OrchestrationApi } from "@sluice/protocol";
import type { FileSystem } from "../filesystems/file-system.ts";
import type { EngineServices } from "../runtime/engine-services.ts";

/** Each block is loaded once per process and API. */
const storages = new WeakMap<OrchestrationApi, Map<string, Promise<FileSystem>>>();

/**
 * The file system that a block is.
 *
 * @throws {SluiceError} code `OBJECT_NOT_FOUND` when there is no such block.
 * @throws {SluiceError} code `INVALID_OPTION` when the block is no file system.
 */
export function blockStorage(reference: string, { api }: EngineServices): Promise<FileSystem> {
  const known = storages.get(api) ?? new Map<string, Promise<FileSystem>>();
  storages.set(api, known);
  let storage = known.get(reference);
  if (storage === undefined) {
    storage = loadStorage(reference, api);
    known.set(reference, storage);
    storage.catch(() => known.delete(reference));
  }
  return storage;
}

/** The id that results kept there are recorded with; `undefined` for what is no saved block. */
export function storageBlockId(storage: FileSystem): string | undefined {
  const id: unknown = "blockDocumentId" in storage ? storage.blockDocumentId : undefined;
  return typeof id === "string" ? id : undefined;
}

/** Blocks, and zod with them, are loaded only where one is named. */
async function loadStorage(reference: string, api: OrchestrationApi): Promise<FileSystem> {
  const { findFileSystem } = await import("../blocks/block-file-system.ts");
  return findFileSystem(reference, { api });
}
