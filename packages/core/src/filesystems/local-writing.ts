/** Writing a local file so that readers see the old content or the new, and nothing else is left behind. */
import { randomUUID } from "node:crypto";
import { copyFile, type FileHandle, link, open, rename, rm, unlink } from "node:fs/promises";
import { dirname, join } from "node:path";
import { contentChunks } from "./file-content.ts";
import type { FileContent } from "./file-system.ts";
import { codeOf } from "./local-file-errors.ts";

export interface ReplaceOptions {
  readonly ifAbsent: boolean;
  /** Whether the bytes must be on the disk, not only in the system's cache, before the file is put in place. */
  readonly sync: boolean;
  readonly signal: AbortSignal | undefined;
}

/** Writes the content beside the target, then puts it in place in one step. Errors are those of `node:fs`. */
export async function replaceFile(
  target: string,
  content: FileContent,
  options: ReplaceOptions,
): Promise<void> {
  await throughTemporaryFile(target, async (temporary) => {
    await writeWhole(temporary, content, options);
    options.signal?.throwIfAborted();
    if (options.ifAbsent) await publishIfAbsent(temporary, target);
    else await rename(temporary, target);
    if (options.sync) await syncDirectory(dirname(target));
  });
}

/** Copies a file beside the target, then puts it in place in one step. */
export async function replaceByCopy(source: string, target: string): Promise<void> {
  await throughTemporaryFile(target, async (temporary) => {
    await copyFile(source, temporary);
    await rename(temporary, target);
  });
}

/** `work` puts the temporary file in place; when it fails the file is removed. */
async function throughTemporaryFile(
  target: string,
  work: (temporary: string) => Promise<void>,
): Promise<void> {
  const temporary = join(dirname(target), `.sluice-${randomUUID()}.tmp`);
  try {
    await work(temporary);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

async function writeWhole(path: string, content: FileContent, options: ReplaceOptions): Promise<void> {
  const handle = await open(path, "wx");
  try {
    for await (const chunk of contentChunks(content, options.signal)) await writeChunk(handle, chunk);
    if (options.sync) await handle.sync();
  } finally {
    await handle.close();
  }
}

/** The system may take less than it is given. */
async function writeChunk(handle: FileHandle, chunk: Uint8Array): Promise<void> {
  for (let offset = 0; offset < chunk.length; ) {
    const { bytesWritten } = await handle.write(chunk, offset, chunk.length - offset);
    offset += bytesWritten;
  }
}

/** A hard link is the one call that both refuses an existing name and shows the whole content at once. */
async function publishIfAbsent(temporary: string, target: string): Promise<void> {
  try {
    await link(temporary, target);
  } catch (error) {
    if (!hasNoHardLinks(error)) throw error;
    // Some disks (exFAT, some network shares) have no links: creating the name exclusively still lets one writer win.
    const claim = await open(target, "wx");
    await claim.close();
    await rename(temporary, target);
    return;
  }
  await unlink(temporary);
}

function hasNoHardLinks(error: unknown): boolean {
  const code = codeOf(error);
  return (
    code === "EPERM" || code === "ENOTSUP" || code === "EOPNOTSUPP" || code === "ENOSYS" || code === "EMLINK"
  );
}

/** A rename is on the disk when its directory is; Windows has no such call. */
async function syncDirectory(path: string): Promise<void> {
  if (process.platform === "win32") return;
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
