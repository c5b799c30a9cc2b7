/** Where one test of a file system works, and what tests do with it. */
import type { FileSystem } from "../filesystems/file-system.ts";

export interface Place {
  readonly fileSystem: FileSystem;
  /** A path below a directory of this test alone. */
  at(path: string): string;
}

export async function chunksOf(stream: AsyncIterable<Uint8Array>): Promise<Uint8Array[]> {
  return allOf(stream);
}

export async function pathsOf(files: AsyncIterable<{ readonly path: string }>): Promise<string[]> {
  return (await allOf(files)).map(({ path }) => path);
}

export async function allOf<T>(items: AsyncIterable<T>): Promise<T[]> {
  const all: T[] = [];
  for await (const item of items) all.push(item);
  return all;
}
