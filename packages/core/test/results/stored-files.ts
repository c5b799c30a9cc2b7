/** What a test sees of a storage. */
import { readText } from "../../src/filesystems/file-operations.ts";
import type { FileSystem } from "../../src/filesystems/file-system.ts";

/** Paths of all files, sorted. */
export async function pathsIn(storage: FileSystem): Promise<string[]> {
  return (await storage.list()).files.map(({ path }) => path).sort();
}

/** What the file of a result says: how it was written, and the serialised value. */
export async function resultFile(
  storage: FileSystem,
  path: string,
): Promise<{ metadata: { serializer: { type: string }; encoding: string }; result: string }> {
  return JSON.parse(await readText(storage, path));
}
