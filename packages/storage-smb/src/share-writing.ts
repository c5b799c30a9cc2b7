/** Writing files of a share so that readers see the old content or the new. */
import { randomUUID } from "node:crypto";
import { setTimeout as delay } from "node:timers/promises";
import { contentChunks, type FileContent, FileExistsError } from "@sluice/core";
import type { PathGate } from "./path-gate.ts";
import type { OpenFile } from "./protocol/answers.ts";
import type { ShareFiles } from "./protocol/share-files.ts";
import { SmbStatusError } from "./protocol/smb-status.ts";
import { directoryOf } from "./share-path.ts";
import { isMissing } from "./smb-file-error.ts";

/** Requests under way at once. */
const PARALLEL = 4;
/** Servers do not replace a file that somebody has open, which readers do for moments. */
const REPLACE_ATTEMPTS = 60;
const LONGEST_PAUSE_MS = 250;

/** Files that are being written; a process that was killed may leave one. */
export const TEMPORARY_NAME: RegExp = /^\.sluice-[0-9a-f-]{36}\.tmp$/;

export interface ShareWriteOptions {
  readonly ifAbsent: boolean;
  readonly location: string;
  readonly signal: AbortSignal | undefined;
  /** Keeps this process's own readers away while the file is put in place. */
  readonly gate: PathGate;
}

/** Writes the content beside the target, then puts it in place in one step. */
export async function replaceFile(
  files: ShareFiles,
  path: string,
  content: FileContent,
  options: ShareWriteOptions,
): Promise<void> {
  // Spares the work when the outcome is known; putting the file in place decides.
  if (options.ifAbsent && (await isThere(files, path))) throw new FileExistsError(path, options.location);
  const temporary = `${directoryOf(path)}.sluice-${randomUUID()}.tmp`;
  const write = (file: OpenFile): Promise<void> => writeAndPublish({ files, file, path }, content, options);
  try {
    await files.withFile(temporary, "create", write);
  } catch (error) {
    if (!(error instanceof SmbStatusError && error.is("OBJECT_PATH_NOT_FOUND"))) throw error;
    await makeDirectories(files, directoryOf(path));
    await files.withFile(temporary, "create", write);
  }
}

async function isThere(files: ShareFiles, path: string): Promise<boolean> {
  try {
    return await files.withFile(path, "look", async () => true);
  } catch (error) {
    if (isMissing(error)) return false;
    throw error;
  }
}

interface Target {
  readonly files: ShareFiles;
  /** The temporary one. */
  readonly file: OpenFile;
  readonly path: string;
}

async function writeAndPublish(
  target: Target,
  content: FileContent,
  options: ShareWriteOptions,
): Promise<void> {
  const { files, file } = target;
  try {
    await writeWhole(files, file, content, options.signal);
    options.signal?.throwIfAborted();
    await options.gate.alone(target.path, () => publish(target, options));
  } catch (error) {
    // When that fails too, or the connection broke, the server is left with it; listings do not show it.
    if (files.isUsable) await files.removeOnClose(file).catch(() => undefined);
    throw error;
  }
}

async function writeWhole(
  files: ShareFiles,
  file: OpenFile,
  content: FileContent,
  signal: AbortSignal | undefined,
): Promise<void> {
  const underWay = new Set<Promise<void>>();
  let offset = 0;
  try {
    for await (const block of blocks(contentChunks(content, signal), files.transferBytes)) {
      const writing: Promise<void> = files.write(file, offset, block).finally(() => underWay.delete(writing));
      underWay.add(writing);
      // Whoever waits below is told of a failure.
      writing.catch(() => undefined);
      offset += block.length;
      if (underWay.size >= PARALLEL) await Promise.race(underWay);
    }
  } finally {
    await Promise.all(underWay);
  }
}

/** The same bytes in pieces of one size. */
async function* blocks(chunks: AsyncIterable<Uint8Array>, bytes: number): AsyncGenerator<Uint8Array> {
  let held: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of chunks) {
    let rest = chunk;
    while (size + rest.length >= bytes) {
      held.push(rest.subarray(0, bytes - size));
      rest = rest.subarray(bytes - size);
      yield Buffer.concat(held);
      held = [];
      size = 0;
    }
    // A copy: the source may use its memory again.
    held.push(Buffer.from(rest));
    size += rest.length;
  }
  if (size > 0) yield Buffer.concat(held);
}

async function publish(target: Target, options: ShareWriteOptions): Promise<void> {
  const { files, file, path } = target;
  for (let attempt = 1; ; attempt += 1) {
    try {
      await files.rename(file, path, !options.ifAbsent);
      return;
    } catch (error) {
      const isFirst = attempt === 1;
      const isPassing = isOfUse(error, path, options) && (!isFirst || (await isReplaceable(target)));
      if (!isPassing || attempt >= REPLACE_ATTEMPTS) throw error;
    }
    await delay(Math.random() * Math.min(LONGEST_PAUSE_MS, 5 * 2 ** attempt));
    options.signal?.throwIfAborted();
  }
}

/** Whether the target may have been open, or on its way to go. */
function isOfUse(error: unknown, path: string, options: ShareWriteOptions): boolean {
  if (!(error instanceof SmbStatusError)) return false;
  if (options.ifAbsent && error.is("OBJECT_NAME_COLLISION")) {
    throw new FileExistsError(path, options.location, { cause: error });
  }
  return error.is("ACCESS_DENIED", "SHARING_VIOLATION", "OBJECT_NAME_COLLISION", "DELETE_PENDING");
}

/** Looked at once only, since looking opens it too. Throws when the target is a directory. */
async function isReplaceable({ files, path }: Target): Promise<boolean> {
  try {
    await files.withFile(path, "look", async () => undefined);
    return true;
  } catch (error) {
    if (error instanceof SmbStatusError && error.is("DELETE_PENDING")) return true;
    // Where nothing is, nothing is in use: the account may not write.
    if (error instanceof SmbStatusError && error.is("OBJECT_NAME_NOT_FOUND")) return false;
    throw error;
  }
}

/** From the outermost one in. */
async function makeDirectories(files: ShareFiles, directory: string): Promise<void> {
  const names = directory.split("/").filter((name) => name !== "");
  for (const index of names.keys()) {
    try {
      await files.withFile(names.slice(0, index + 1).join("/"), "make-directory", async () => undefined);
    } catch (error) {
      const isThere = error instanceof SmbStatusError && error.is("OBJECT_NAME_COLLISION");
      if (!isThere) throw error;
    }
  }
}
