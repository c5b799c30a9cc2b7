/** The part of the file system suite about writing and deleting single files. */
import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { fileExists, listFiles, readText } from "../../filesystems/file-operations.ts";
import { bytesOf, type Place, pathsOf, requireCapability } from "./place.ts";
import { ESCAPES, LONG_CONTENT, type OddPaths } from "./sample-files.ts";

/** @param place - an empty one for each test */
export function writingCases(place: () => Place, paths: OddPaths): void {
  describe("writing", () => wholeFileCases(place));
  describe("paths of what is written", () => pathCases(place, paths));
  describe("conditional creation", () => creationCases(place));
  describe("concurrent use", () => concurrencyCases(place));
}

function wholeFileCases(place: () => Place): void {
  it("keeps the bytes that are written", async () => {
    const { fileSystem, at } = place();
    const bytes = randomBytes(10_000);
    await fileSystem.write(at("bytes"), bytes);
    expect(Buffer.from(await fileSystem.read(at("bytes"))).equals(bytes)).toBe(true);
  });

  it("writes only the viewed part of a buffer", async () => {
    const { fileSystem, at } = place();
    await fileSystem.write(at("view"), Buffer.from("0123456789").subarray(2, 5));
    expect(await readText(fileSystem, at("view"))).toBe("234");
  });

  it("writes a stream of chunks of any size", async () => {
    const { fileSystem, at } = place();
    async function* chunks(): AsyncGenerator<Uint8Array> {
      for (const text of ["a", "", "bc", "d".repeat(100_000), ""]) yield Buffer.from(text);
    }
    await fileSystem.write(at("stream"), chunks());
    expect(await readText(fileSystem, at("stream"))).toBe(`abc${"d".repeat(100_000)}`);
  });

  it("keeps an empty file, also from a stream", async () => {
    const { fileSystem, at } = place();
    async function* nothing(): AsyncGenerator<Uint8Array> {
      yield* [];
    }
    await fileSystem.write(at("empty"), "");
    await fileSystem.write(at("empty stream"), nothing());
    for (const path of [at("empty"), at("empty stream")]) {
      expect(await fileSystem.read(path)).toHaveLength(0);
      expect((await fileSystem.stat(path)).size).toBe(0);
    }
  });

  it("replaces a file by a shorter one", async () => {
    const { fileSystem, at } = place();
    await fileSystem.write(at("file"), "a long first content");
    await fileSystem.write(at("file"), "short");
    expect(await readText(fileSystem, at("file"))).toBe("short");
  });

  it("changes the mark of the content with the content, where it has one", async () => {
    const { fileSystem, at } = place();
    await fileSystem.write(at("file"), "first");
    const { etag } = await fileSystem.stat(at("file"));
    await fileSystem.write(at("file"), "other");
    if (etag !== undefined) expect((await fileSystem.stat(at("file"))).etag).not.toBe(etag);
  });

  it("deletes a file, and one that is not there too", async () => {
    const { fileSystem, at } = place();
    await fileSystem.write(at("file"), "x");
    await fileSystem.delete(at("file"));
    await fileSystem.delete(at("file"));
    expect(await fileExists(fileSystem, at("file"))).toBe(false);
  });

  it("deletes no directory in place of a file", async () => {
    const { fileSystem, at } = place();
    await fileSystem.write(at("directory/file"), "x");
    await fileSystem.delete(at("directory"));
    expect(await readText(fileSystem, at("directory/file"))).toBe("x");
  });

  it("knows when a file was written, if at all", async () => {
    const { fileSystem, at } = place();
    await fileSystem.write(at("file"), "x");
    const { modified } = await fileSystem.stat(at("file"));
    if (modified !== undefined) expect(Math.abs(modified.getTime() - Date.now())).toBeLessThan(10 * 60_000);
  });

  it("writes and deletes nothing when the signal has aborted already", async () => {
    const { fileSystem, at } = place();
    const signal = AbortSignal.abort(new Error("stopped"));
    await fileSystem.write(at("file"), "x");
    await expect(fileSystem.write(at("file"), "y", { signal })).rejects.toThrow("stopped");
    await expect(fileSystem.delete(at("file"), { signal })).rejects.toThrow("stopped");
    expect(await readText(fileSystem, at("file"))).toBe("x");
  });
}

function pathCases(place: () => Place, { kept, refused }: OddPaths): void {
  it.each(kept)("keeps a file called %j", async (path) => {
    const { fileSystem, at } = place();
    await fileSystem.write(at(path), path);
    expect(await readText(fileSystem, at(path))).toBe(path);
    expect(await pathsOf(listFiles(fileSystem, { prefix: at("") }))).toEqual([at(path)]);
    await fileSystem.delete(at(path));
    expect(await fileExists(fileSystem, at(path))).toBe(false);
  });

  it.each(refused)("refuses a file called %j, rather than keep it by another name", async (path) => {
    const { fileSystem, at } = place();
    await expect(fileSystem.write(at(path), "x")).rejects.toMatchObject({
      code: expect.stringMatching(/^(PATH_OUTSIDE_ROOT|FILE_SYSTEM)$/),
    });
    expect(await pathsOf(listFiles(fileSystem, { prefix: at("") }))).toEqual([]);
  });

  it("takes different spellings of a path for one file", async () => {
    const { fileSystem, at } = place();
    await fileSystem.write(at("./a//b/./c"), "x");
    expect(await readText(fileSystem, at("a/b/c"))).toBe("x");
  });

  it.each(ESCAPES)("refuses to write the path %j", async (path) => {
    const { fileSystem } = place();
    const refusal = { code: "PATH_OUTSIDE_ROOT" };
    await expect(fileSystem.write(path, "x")).rejects.toMatchObject(refusal);
    await expect(fileSystem.delete(path)).rejects.toMatchObject(refusal);
  });
}

function creationCases(place: () => Place): void {
  it("creates a file that is not there and refuses one that is", async () => {
    const { fileSystem, at } = place();
    await fileSystem.write(at("file"), "first", { ifAbsent: true });
    await expect(fileSystem.write(at("file"), "second", { ifAbsent: true })).rejects.toMatchObject({
      code: "FILE_EXISTS",
      message: expect.stringContaining(at("file")),
    });
    expect(await readText(fileSystem, at("file"))).toBe("first");
    await fileSystem.delete(at("file"));
    await fileSystem.write(at("file"), "third", { ifAbsent: true });
    expect(await readText(fileSystem, at("file"))).toBe("third");
  });

  it("lets exactly one of many writers create a file", async (context) => {
    const here = place();
    requireCapability(context, here, "conditionalCreate");
    const { fileSystem, at } = here;
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
  }, 30_000);
}

function concurrencyCases(place: () => Place): void {
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

  it("never mixes an old content with a new one in a stream that began before", async () => {
    const { fileSystem, at } = place();
    await fileSystem.write(at("file"), LONG_CONTENT);
    const stream = fileSystem.readStream(at("file"))[Symbol.asyncIterator]();
    const first = await stream.next();
    await fileSystem.write(at("file"), Buffer.alloc(LONG_CONTENT.length, "x"));
    const rest = { [Symbol.asyncIterator]: () => stream };
    // It may also say that the file has changed.
    const [ended] = await Promise.allSettled([bytesOf(rest)]);
    if (ended.status === "rejected") expect(ended.reason).toMatchObject({ code: "FILE_SYSTEM" });
    else expect(Buffer.concat([first.value ?? Buffer.alloc(0), ended.value]).equals(LONG_CONTENT)).toBe(true);
  });
}
