/** Where one test of a file system works, and what tests do with it. */
import { randomBytes } from "node:crypto";
import type { TestContext } from "vitest";
import type { FileSystem, FileSystemCapabilities } from "../../filesystems/file-system.ts";

export const MEBIBYTE: number = 1024 * 1024;

export interface Place {
  readonly fileSystem: FileSystem;
  /** A path below a directory of this test alone. */
  at(path: string): string;
}

/** Skips the test when the file system says that it cannot do this. */
export function requireCapability(
  context: TestContext,
  { fileSystem }: Place,
  capability: keyof FileSystemCapabilities,
): void {
  context.skip(!fileSystem.capabilities[capability], `${fileSystem.location} has no ${capability}`);
}

export async function bytesOf(stream: AsyncIterable<Uint8Array>): Promise<Buffer> {
  return Buffer.concat(await allOf(stream));
}

export async function pathsOf(files: AsyncIterable<{ readonly path: string }>): Promise<string[]> {
  return (await allOf(files)).map(({ path }) => path);
}

export async function allOf<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}

/** Random content in chunks of at most a mebibyte, each made anew. */
export async function* randomChunks(bytes: number): AsyncGenerator<Uint8Array, void, undefined> {
  const block = randomBytes(Math.min(bytes, MEBIBYTE));
  for (let left = bytes; left > 0; left -= block.length) {
    const chunk = Buffer.from(block.subarray(0, left));
    if (chunk.length >= 4) chunk.writeUInt32LE(left % 0xffff_ffff);
    yield chunk;
  }
}

/** A source that breaks after some content. */
export async function* failingAfter(bytes: number, error: Error): AsyncGenerator<Uint8Array> {
  yield* randomChunks(bytes);
  throw error;
}

/** A source that gives some content, tells that it did, and then never goes on. */
export async function* stuckAfter(bytes: number, onStuck: () => void): AsyncGenerator<Uint8Array> {
  yield* randomChunks(bytes);
  queueMicrotask(onStuck);
  await new Promise(() => undefined);
}
