/** The part of the file system suite about long content: constant memory, and nothing left of what failed. */
import { createHash, type Hash } from "node:crypto";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, it } from "vitest";
import { fileExists, listFiles, readText } from "../../filesystems/file-operations.ts";
import { failingAfter, MEBIBYTE, type Place, pathsOf, randomChunks, stuckAfter } from "./place.ts";

/** More than the first part of what is written in parts. */
const BROKEN_OFF_BYTES = 12 * MEBIBYTE;
const MEASURED_EVERY_BYTES = 16 * MEBIBYTE;
/** Of live memory, after garbage collection: some parts under way, less than the file. */
const MOST_HELD_BYTES = 96 * MEBIBYTE;
/** Of the whole process, which keeps some of what it no longer needs. */
const MOST_RESIDENT_BYTES = 160 * MEBIBYTE;
/** Below this nothing can be told from the noise. */
const LEAST_MEASURED_BYTES = 100 * MEBIBYTE;

export interface LargeFileOptions {
  readonly bytes: number;
  /** Whether the file system keeps whole files in memory. */
  readonly isHeld: boolean;
}

/** @param place - an empty one for each test */
export function streamWritingCases(place: () => Place, large: LargeFileOptions): void {
  const brokenOffBytes = Math.min(BROKEN_OFF_BYTES, large.bytes);

  it("streams a large file in and out, in constant memory", async () => {
    const { fileSystem, at } = place();
    const memory = new MemoryWatch();
    const written = createHash("sha256");
    await fileSystem.write(at("large"), watched(randomChunks(large.bytes), written, memory));
    const read = createHash("sha256");
    let size = 0;
    for await (const chunk of watched(fileSystem.readStream(at("large")), read, memory)) size += chunk.length;
    expect(size).toBe(large.bytes);
    expect(read.digest("hex")).toBe(written.digest("hex"));
    await fileSystem.delete(at("large"));
    if (large.isHeld || large.bytes < LEAST_MEASURED_BYTES) return;
    expect(memory.held).toBeLessThan(MOST_HELD_BYTES);
    expect(memory.resident).toBeLessThan(MOST_RESIDENT_BYTES);
  }, 300_000);

  it.each([
    ["at once", 20_000],
    ["late", brokenOffBytes],
  ])(
    "keeps the old content when the source of a stream fails %s",
    async (_, bytes) => {
      const { fileSystem, at } = place();
      await fileSystem.write(at("file"), "old");
      const broken = failingAfter(bytes, new Error("source broke"));
      await expect(fileSystem.write(at("file"), broken)).rejects.toThrow("source broke");
      expect(await readText(fileSystem, at("file"))).toBe("old");
      expect(await pathsOf(listFiles(fileSystem, { prefix: at("") }))).toEqual([at("file")]);
    },
    60_000,
  );

  it("shows nothing of a new file whose source fails", async () => {
    const { fileSystem, at } = place();
    const broken = failingAfter(brokenOffBytes, new Error("source broke"));
    await expect(fileSystem.write(at("new"), broken)).rejects.toThrow("source broke");
    expect(await fileExists(fileSystem, at("new"))).toBe(false);
    expect(await pathsOf(listFiles(fileSystem, { prefix: at("") }))).toEqual([]);
  }, 60_000);

  it.each([
    ["at its begin", 20_000],
    ["in its middle", brokenOffBytes],
  ])(
    "an abort stops writing a stream %s and keeps the old content",
    async (_, bytes) => {
      const { fileSystem, at } = place();
      await fileSystem.write(at("file"), "old");
      const controller = new AbortController();
      const stuck = stuckAfter(bytes, () => controller.abort(new Error("stopped")));
      const write = fileSystem.write(at("file"), stuck, { signal: controller.signal });
      await expect(write).rejects.toThrow("stopped");
      expect(await readText(fileSystem, at("file"))).toBe("old");
      expect(await pathsOf(listFiles(fileSystem, { prefix: at("") }))).toEqual([at("file")]);
    },
    60_000,
  );
}

/** How much memory is taken beyond what was taken at first. */
class MemoryWatch {
  held = 0;
  resident = 0;
  readonly #collect: () => void = garbageCollector();
  readonly #before: NodeJS.MemoryUsage;

  constructor() {
    this.#collect();
    this.#before = process.memoryUsage();
  }

  measure(): void {
    const { rss } = process.memoryUsage();
    this.#collect();
    const { heapUsed, arrayBuffers } = process.memoryUsage();
    const before = this.#before;
    this.held = Math.max(this.held, heapUsed - before.heapUsed + arrayBuffers - before.arrayBuffers);
    this.resident = Math.max(this.resident, rss - before.rss);
  }
}

async function* watched(
  chunks: AsyncIterable<Uint8Array>,
  hash: Hash,
  memory: MemoryWatch,
): AsyncGenerator<Uint8Array, void, undefined> {
  let unmeasured = 0;
  for await (const chunk of chunks) {
    hash.update(chunk);
    unmeasured += chunk.length;
    if (unmeasured >= MEASURED_EVERY_BYTES) {
      memory.measure();
      unmeasured = 0;
    }
    yield chunk;
  }
}

/** The collector is reachable in contexts that are made while the flag is set. */
function garbageCollector(): () => void {
  setFlagsFromString("--expose-gc");
  return runInNewContext("gc") as () => void;
}
