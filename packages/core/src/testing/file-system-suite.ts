/** What every file system must do; a plugin's conformance test calls it with a way to make one. */
import { createHash, randomBytes, randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it, type TestContext } from "vitest";
import { fileExists, listFiles, readText } from "../filesystems/file-operations.ts";
import type { FileSystem, FileSystemCapabilities } from "../filesystems/file-system.ts";
import { copyTests, listingTests } from "./file-system-directory-tests.ts";
import { chunksOf, type Place, pathsOf } from "./file-system-place.ts";

export interface FileSystemSuiteOptions {
  /** As in the title of the tests. */
  readonly name: string;
  /** A file system that nobody else uses; called once. */
  readonly create: () => FileSystem | Promise<FileSystem>;
  /** Called at the end, to remove what `create` made. */
  readonly dispose?: ((fileSystem: FileSystem) => Promise<void>) | undefined;
  /** What the file system must say that it can do; whatever it says decides which tests apply. */
  readonly capabilities?: Partial<FileSystemCapabilities> | undefined;
  /** Bytes of the large streamed file. Default 8 MiB. */
  readonly largeFileBytes?: number | undefined;
}

const ODD_PATHS = [
  "with space.txt",
  "ünïcödé-数据-🚀.txt",
  "100%25 done%.txt",
  ".leading-dot",
  "..leading-dots",
  "a'b\"c&d=e+f?g#h;i,j.txt",
  "deep/er/and/deeper/file",
  "trailing.dots.json.gz",
];

const ESCAPES = ["../x", "a/../../x", "a/..", "/etc/passwd", "", ".", "a/", "a\0b", "..\\x", "C:\\x", "C:/x"];

/** Defines the tests of a file system. */
export function fileSystemSuite(options: FileSystemSuiteOptions): void {
  describe(`${options.name} as a file system`, () => {
    let fileSystem: FileSystem;
    beforeAll(async () => {
      fileSystem = await options.create();
    });
    afterAll(async () => {
      await options.dispose?.(fileSystem);
    });
    const place = (): Place => {
      const directory = randomUUID();
      return { fileSystem, at: (path) => `${directory}/${path}` };
    };

    it("says what it can do", () => {
      expect(fileSystem.capabilities).toMatchObject(options.capabilities ?? {});
      expect(fileSystem.capabilities.signedUrls).toBe(fileSystem.signedUrl !== undefined);
      expect(fileSystem.location).toMatch(/^[a-z][a-z0-9+.-]*:/);
    });
    describe("reading and writing", () => readingTests(place));
    describe("paths", () => pathTests(place));
    describe("streams", () => streamTests(place, options.largeFileBytes ?? 8 * 1024 * 1024));
    describe("conditional creation", () => creationTests(place));
    describe("concurrent use", () => concurrencyTests(place));
    describe("listing", () => listingTests(place));
    describe("copies and directories", () => copyTests(place));
    describe("aborted calls", () => abortTests(place));
  });
}

function readingTests(place: () => Place): void {
  it("gives back the bytes that were written", async () => {
    const { fileSystem, at } = place();
    const bytes = randomBytes(10_000);
    await fileSystem.write(at("bytes"), bytes);
    expect(Buffer.from(await fileSystem.read(at("bytes"))).equals(bytes)).toBe(true);
  });

  it("writes a string as UTF-8", async () => {
    const { fileSystem, at } = place();
    await fileSystem.write(at("text"), "naïve 🚀");
    expect(await readText(fileSystem, at("text"))).toBe("naïve 🚀");
    expect((await fileSystem.stat(at("text"))).size).toBe(Buffer.byteLength("naïve 🚀"));
  });

  it("writes only the viewed part of a buffer", async () => {
    const { fileSystem, at } = place();
    await fileSystem.write(at("view"), Buffer.from("0123456789").subarray(2, 5));
    expect(await readText(fileSystem, at("view"))).toBe("234");
  });

  it("keeps an empty file", async () => {
    const { fileSystem, at } = place();
    await fileSystem.write(at("empty"), "");
    expect(await fileSystem.read(at("empty"))).toHaveLength(0);
    expect((await fileSystem.stat(at("empty"))).size).toBe(0);
  });

  it("replaces a file by a shorter one", async () => {
    const { fileSystem, at } = place();
    await fileSystem.write(at("file"), "a long first content");
    await fileSystem.write(at("file"), "short");
    expect(await readText(fileSystem, at("file"))).toBe("short");
  });

  it("gives a copy that the caller may change", async () => {
    const { fileSystem, at } = place();
    await fileSystem.write(at("file"), "content");
    (await fileSystem.read(at("file"))).fill(0);
    expect(await readText(fileSystem, at("file"))).toBe("content");
  });

  it("says that a missing file is missing", async () => {
    const { fileSystem, at } = place();
    const expected = { code: "FILE_NOT_FOUND", message: expect.stringContaining(at("missing")) };
    await expect(fileSystem.read(at("missing"))).rejects.toMatchObject(expected);
    await expect(fileSystem.stat(at("missing"))).rejects.toMatchObject(expected);
    await expect(chunksOf(fileSystem.readStream(at("missing")))).rejects.toMatchObject(expected);
    expect(await fileExists(fileSystem, at("missing"))).toBe(false);
  });

  it("finds no file at the path of a directory", async () => {
    const { fileSystem, at } = place();
    await fileSystem.write(at("directory/file"), "x");
    await expect(fileSystem.read(at("directory"))).rejects.toMatchObject({ code: "FILE_NOT_FOUND" });
    expect(await fileExists(fileSystem, at("directory"))).toBe(false);
  });

  it("deletes a file, and one that is not there too", async () => {
    const { fileSystem, at } = place();
    await fileSystem.write(at("file"), "x");
    await fileSystem.delete(at("file"));
    await fileSystem.delete(at("file"));
    expect(await fileExists(fileSystem, at("file"))).toBe(false);
  });

  it("knows when a file was written, if at all", async () => {
    const { fileSystem, at } = place();
    await fileSystem.write(at("file"), "x");
    const { modified } = await fileSystem.stat(at("file"));
    if (modified !== undefined) expect(Math.abs(modified.getTime() - Date.now())).toBeLessThan(10 * 60_000);
  });
}

function pathTests(place: () => Place): void {
  it.each(ODD_PATHS)("keeps a file called %j", async (path) => {
    const { fileSystem, at } = place();
    await fileSystem.write(at(path), path);
    expect(await readText(fileSystem, at(path))).toBe(path);
    const found = await pathsOf(listFiles(fileSystem, { prefix: at("") }));
    expect(found).toEqual([at(path)]);
    await fileSystem.delete(at(path));
    expect(await fileExists(fileSystem, at(path))).toBe(false);
  });

  it("takes different spellings of a path for one file", async () => {
    const { fileSystem, at } = place();
    await fileSystem.write(at("./a//b/./c"), "x");
    expect(await readText(fileSystem, at("a/b/c"))).toBe("x");
  });

  it.each(ESCAPES)("refuses the path %j", async (path) => {
    const { fileSystem } = place();
    const refusal = { code: "PATH_OUTSIDE_ROOT" };
    await expect(fileSystem.write(path, "x")).rejects.toMatchObject(refusal);
    await expect(fileSystem.read(path)).rejects.toMatchObject(refusal);
    await expect(chunksOf(fileSystem.readStream(path))).rejects.toMatchObject(refusal);
    await expect(fileSystem.stat(path)).rejects.toMatchObject(refusal);
    await expect(fileSystem.delete(path)).rejects.toMatchObject(refusal);
  });

  it("refuses a prefix that leads out", async () => {
    await expect(place().fileSystem.list({ prefix: "../" })).rejects.toMatchObject({
      code: "PATH_OUTSIDE_ROOT",
    });
  });
}

function streamTests(place: () => Place, largeFileBytes: number): void {
  it("streams a large file in and out", async () => {
    const { fileSystem, at } = place();
    const written = createHash("sha256");
    await fileSystem.write(
      at("large"),
      randomChunks(largeFileBytes, (chunk) => written.update(chunk)),
    );
    const read = createHash("sha256");
    let size = 0;
    for await (const chunk of fileSystem.readStream(at("large"))) {
      read.update(chunk);
      size += chunk.length;
    }
    expect(size).toBe(largeFileBytes);
    expect(read.digest("hex")).toBe(written.digest("hex"));
    await fileSystem.delete(at("large"));
  }, 120_000);

  it.each([
    ["from the start", { offset: 0, length: 3 }, "012"],
    ["in the middle", { offset: 3, length: 4 }, "3456"],
    ["to the end", { offset: 7 }, "789"],
    ["past the end", { offset: 8, length: 100 }, "89"],
    ["beyond the end", { offset: 10 }, ""],
    ["of nothing", { offset: 2, length: 0 }, ""],
  ])("reads a range %s", async (_, range, expected) => {
    const { fileSystem, at } = place();
    await fileSystem.write(at("digits"), "0123456789");
    expect(Buffer.concat(await chunksOf(fileSystem.readStream(at("digits"), range))).toString()).toBe(
      expected,
    );
  });

  it.each([{ offset: -1 }, { length: -1 }, { offset: 0.5 }])("refuses the range %j", async (range) => {
    const { fileSystem, at } = place();
    await fileSystem.write(at("digits"), "0123456789");
    await expect(chunksOf(fileSystem.readStream(at("digits"), range))).rejects.toMatchObject({
      code: "INVALID_REQUEST",
    });
  });

  it("lets a reader stop early", async () => {
    const { fileSystem, at } = place();
    await fileSystem.write(at("file"), randomBytes(1024 * 1024));
    for await (const chunk of fileSystem.readStream(at("file"))) {
      expect(chunk.length).toBeGreaterThan(0);
      break;
    }
    await fileSystem.write(at("file"), "replaced");
    expect(await readText(fileSystem, at("file"))).toBe("replaced");
  });

  it("keeps the old content when the source of a stream fails", async () => {
    const { fileSystem, at } = place();
    await fileSystem.write(at("file"), "old");
    const broken = failingAfter(3, new Error("source broke"));
    await expect(fileSystem.write(at("file"), broken)).rejects.toThrow("source broke");
    expect(await readText(fileSystem, at("file"))).toBe("old");
    expect(await pathsOf(listFiles(fileSystem, { prefix: at("") }))).toEqual([at("file")]);
  });
}

function creationTests(place: () => Place): void {
  it("creates a file that is not there and refuses one that is", async () => {
    const { fileSystem, at } = place();
    await fileSystem.write(at("file"), "first", { ifAbsent: true });
    await expect(fileSystem.write(at("file"), "second", { ifAbsent: true })).rejects.toMatchObject({
      code: "FILE_EXISTS",
      message: expect.stringContaining(at("file")),
    });
    expect(await readText(fileSystem, at("file"))).toBe("first");
  });

  it("lets exactly one of many writers create a file", async (context) => {
    const { fileSystem, at } = place();
    requires(context, fileSystem, "conditionalCreate");
    const writers = Array.from({ length: 20 }, (_, index) =>
      fileSystem.write(at("file"), `writer ${index}`, { ifAbsent: true }).then(() => `writer ${index}`),
    );
    const ended = await Promise.allSettled(writers);
    const winners = ended.flatMap((end) => (end.status === "fulfilled" ? [end.value] : []));
    expect(winners).toHaveLength(1);
    expect(await readText(fileSystem, at("file"))).toBe(winners[0]);
    for (const end of ended) {
      if (end.status === "rejected") expect(end.reason).toMatchObject({ code: "FILE_EXISTS" });
    }
  });
}

function concurrencyTests(place: () => Place): void {
  it("never shows a reader a part of what one of several writers writes", async () => {
    const { fileSystem, at } = place();
    const size = 200_000;
    const write = (letter: string): Promise<void> => fileSystem.write(at("file"), letter.repeat(size));
    await write("a");
    let isWriting = true;
    const writers = Promise.all(
      ["b", "c", "d", "e"].map(async (letter) => {
        for (let round = 0; round < 5; round += 1) await write(letter);
      }),
    ).finally(() => {
      isWriting = false;
    });
    do {
      const text = await readText(fileSystem, at("file"));
      expect(text.length).toBe(size);
      expect(new Set(text).size).toBe(1);
    } while (isWriting);
    await writers;
  }, 60_000);
}

function abortTests(place: () => Place): void {
  it("does nothing when the signal has aborted already", async () => {
    const { fileSystem, at } = place();
    const signal = AbortSignal.abort(new Error("stopped"));
    await fileSystem.write(at("file"), "x");
    await expect(fileSystem.read(at("file"), { signal })).rejects.toThrow("stopped");
    await expect(chunksOf(fileSystem.readStream(at("file"), { signal }))).rejects.toThrow("stopped");
    await expect(fileSystem.write(at("file"), "y", { signal })).rejects.toThrow("stopped");
    await expect(fileSystem.list({ signal })).rejects.toThrow("stopped");
    await expect(fileSystem.stat(at("file"), { signal })).rejects.toThrow("stopped");
    await expect(fileSystem.delete(at("file"), { signal })).rejects.toThrow("stopped");
    expect(await readText(fileSystem, at("file"))).toBe("x");
  });

  it("stops in the middle of writing a stream and keeps the old content", async () => {
    const { fileSystem, at } = place();
    await fileSystem.write(at("file"), "old");
    const controller = new AbortController();
    const stuck = stuckAfter(3, () => controller.abort(new Error("stopped")));
    await expect(fileSystem.write(at("file"), stuck, { signal: controller.signal })).rejects.toThrow(
      "stopped",
    );
    expect(await readText(fileSystem, at("file"))).toBe("old");
    expect(await pathsOf(listFiles(fileSystem, { prefix: at("") }))).toEqual([at("file")]);
  });

  it("stops in the middle of reading a stream", async () => {
    const { fileSystem, at } = place();
    await fileSystem.write(at("file"), randomBytes(2 * 1024 * 1024));
    const controller = new AbortController();
    const read = async (): Promise<void> => {
      for await (const _ of fileSystem.readStream(at("file"), { signal: controller.signal })) {
        controller.abort(new Error("stopped"));
      }
    };
    await expect(read()).rejects.toThrow("stopped");
  });
}

function requires(
  context: TestContext,
  fileSystem: FileSystem,
  capability: keyof FileSystemCapabilities,
): void {
  context.skip(!fileSystem.capabilities[capability], `${fileSystem.location} has no ${capability}`);
}

async function* randomChunks(
  bytes: number,
  onChunk: (chunk: Uint8Array) => void,
): AsyncGenerator<Uint8Array> {
  const block = randomBytes(1024 * 1024);
  for (let left = bytes; left > 0; left -= block.length) {
    block.writeUInt32LE(left % 0xffff_ffff);
    const chunk = Buffer.from(block.subarray(0, Math.min(block.length, left)));
    onChunk(chunk);
    yield chunk;
  }
}

async function* failingAfter(chunks: number, error: Error): AsyncGenerator<Uint8Array> {
  for (let index = 0; index < chunks; index += 1) yield randomBytes(10_000);
  throw error;
}

/** A source that gives some chunks, tells that it did, and then never goes on. */
async function* stuckAfter(chunks: number, onStuck: () => void): AsyncGenerator<Uint8Array> {
  for (let index = 0; index < chunks; index += 1) yield randomBytes(10_000);
  queueMicrotask(onStuck);
  await new Promise(() => undefined);
}
