/** The part of the file system suite that a file system which can only be read passes too. */
import { describe, expect, it } from "vitest";
import { fileExists, listFiles, readText } from "../../filesystems/file-operations.ts";
import { allOf, bytesOf, type Place, pathsOf } from "./place.ts";
import { ESCAPES, LONG_CONTENT, TEXT } from "./sample-files.ts";

/** @param place - has the sample files */
export function readingCases(place: () => Place, oddPaths: readonly string[]): void {
  describe("reading", () => wholeFileCases(place));
  describe("paths of what is read", () => pathCases(place, oddPaths));
  describe("streams that are read", () => streamCases(place));
  describe("aborted reading", () => abortCases(place));
}

function wholeFileCases(place: () => Place): void {
  it("gives the bytes, and text decoded from UTF-8", async () => {
    const { fileSystem, at } = place();
    expect(LONG_CONTENT).toHaveLength((await fileSystem.stat(at("long"))).size);
    expect(Buffer.from(await fileSystem.read(at("long"))).equals(LONG_CONTENT)).toBe(true);
    expect(await readText(fileSystem, at("text.txt"))).toBe(TEXT);
    expect((await fileSystem.stat(at("text.txt"))).size).toBe(Buffer.byteLength(TEXT));
  });

  it("gives an empty file", async () => {
    const { fileSystem, at } = place();
    expect(await fileSystem.read(at("empty"))).toHaveLength(0);
    expect(await bytesOf(fileSystem.readStream(at("empty")))).toHaveLength(0);
    expect((await fileSystem.stat(at("empty"))).size).toBe(0);
  });

  it("gives a copy that the caller may change", async () => {
    const { fileSystem, at } = place();
    (await fileSystem.read(at("digits"))).fill(0);
    expect(await readText(fileSystem, at("digits"))).toBe("0123456789");
  });

  it("says that a missing file is missing", async () => {
    const { fileSystem, at } = place();
    const expected = { code: "FILE_NOT_FOUND", message: expect.stringContaining(at("missing")) };
    await expect(fileSystem.read(at("missing"))).rejects.toMatchObject(expected);
    await expect(fileSystem.stat(at("missing"))).rejects.toMatchObject(expected);
    await expect(bytesOf(fileSystem.readStream(at("missing")))).rejects.toMatchObject(expected);
    expect(await fileExists(fileSystem, at("missing"))).toBe(false);
  });

  it("finds no file at the path of a directory, nor below a file", async () => {
    const { fileSystem, at } = place();
    for (const path of [at("directory"), at("digits/below")]) {
      await expect(fileSystem.read(path)).rejects.toMatchObject({ code: "FILE_NOT_FOUND" });
      await expect(bytesOf(fileSystem.readStream(path))).rejects.toMatchObject({ code: "FILE_NOT_FOUND" });
      expect(await fileExists(fileSystem, path)).toBe(false);
    }
  });
}

function pathCases(place: () => Place, oddPaths: readonly string[]): void {
  it.each(oddPaths)("reads a file called %j", async (path) => {
    const { fileSystem, at } = place();
    expect(await readText(fileSystem, at(`odd/${path}`))).toBe(path);
    expect((await fileSystem.stat(at(`odd/${path}`))).size).toBe(Buffer.byteLength(path));
    expect(await pathsOf(listFiles(fileSystem, { prefix: at(`odd/${path}`) }))).toEqual([at(`odd/${path}`)]);
  });

  it("takes different spellings of a path for one file", async () => {
    const { fileSystem, at } = place();
    expect(await readText(fileSystem, at("./directory//./file"))).toBe("x");
  });

  it.each(ESCAPES)("refuses to read the path %j", async (path) => {
    const { fileSystem } = place();
    const refusal = { code: "PATH_OUTSIDE_ROOT" };
    await expect(fileSystem.read(path)).rejects.toMatchObject(refusal);
    await expect(bytesOf(fileSystem.readStream(path))).rejects.toMatchObject(refusal);
    await expect(fileSystem.stat(path)).rejects.toMatchObject(refusal);
  });

  it("refuses a prefix that leads out", async () => {
    await expect(place().fileSystem.list({ prefix: "../" })).rejects.toMatchObject({
      code: "PATH_OUTSIDE_ROOT",
    });
  });
}

function streamCases(place: () => Place): void {
  it.each([
    ["from the start", { offset: 0, length: 3 }, "012"],
    ["in the middle", { offset: 3, length: 4 }, "3456"],
    ["to the end", { offset: 7 }, "789"],
    ["past the end", { offset: 8, length: 100 }, "89"],
    ["beyond the end", { offset: 10 }, ""],
    ["far beyond the end", { offset: 1000, length: 5 }, ""],
    ["of nothing", { offset: 2, length: 0 }, ""],
  ])("reads a range %s", async (_, range, expected) => {
    const { fileSystem, at } = place();
    expect((await bytesOf(fileSystem.readStream(at("digits"), range))).toString()).toBe(expected);
  });

  it("reads a range of an empty file", async () => {
    const { fileSystem, at } = place();
    expect(await bytesOf(fileSystem.readStream(at("empty"), { offset: 3, length: 2 }))).toHaveLength(0);
  });

  it("reads a range of a long file", async () => {
    const { fileSystem, at } = place();
    const range = { offset: 1_000_001, length: 500_003 };
    const expected = LONG_CONTENT.subarray(range.offset, range.offset + range.length);
    expect((await bytesOf(fileSystem.readStream(at("long"), range))).equals(expected)).toBe(true);
  });

  it("says that a file is missing also when nothing of it is wanted", async () => {
    const { fileSystem, at } = place();
    await expect(bytesOf(fileSystem.readStream(at("missing"), { length: 0 }))).rejects.toMatchObject({
      code: "FILE_NOT_FOUND",
    });
  });

  it.each([{ offset: -1 }, { length: -1 }, { offset: 0.5 }])("refuses the range %j", async (range) => {
    const { fileSystem, at } = place();
    await expect(bytesOf(fileSystem.readStream(at("digits"), range))).rejects.toMatchObject({
      code: "INVALID_REQUEST",
    });
  });

  it("lets a reader stop early, again and again", async () => {
    const { fileSystem, at } = place();
    // More often than a pool of connections is large.
    for (let round = 0; round < 60; round += 1) {
      for await (const chunk of fileSystem.readStream(at("long"))) {
        expect(chunk.length).toBeGreaterThan(0);
        break;
      }
    }
    expect(await readText(fileSystem, at("digits"))).toBe("0123456789");
  }, 30_000);
}

function abortCases(place: () => Place): void {
  it("reads nothing when the signal has aborted already", async () => {
    const { fileSystem, at } = place();
    const signal = AbortSignal.abort(new Error("stopped"));
    await expect(fileSystem.read(at("digits"), { signal })).rejects.toThrow("stopped");
    await expect(bytesOf(fileSystem.readStream(at("digits"), { signal }))).rejects.toThrow("stopped");
    await expect(fileSystem.list({ signal })).rejects.toThrow("stopped");
    await expect(fileSystem.stat(at("digits"), { signal })).rejects.toThrow("stopped");
  });

  it("stops calls that are under way", async () => {
    const { fileSystem, at } = place();
    const controller = new AbortController();
    const { signal } = controller;
    const calls = [
      fileSystem.read(at("long"), { signal }),
      fileSystem.stat(at("long"), { signal }),
      allOf(listFiles(fileSystem, { prefix: at(""), signal })),
    ];
    controller.abort(new Error("stopped"));
    // One that was done already need not fail, but nothing else may be thrown.
    for (const ended of await Promise.allSettled(calls)) {
      if (ended.status === "rejected") expect(ended.reason).toMatchObject({ message: "stopped" });
    }
  });

  it("stops in the middle of a stream", async () => {
    const { fileSystem, at } = place();
    const controller = new AbortController();
    const read = async (): Promise<void> => {
      for await (const _ of fileSystem.readStream(at("long"), { signal: controller.signal })) {
        controller.abort(new Error("stopped"));
      }
    };
    await expect(read()).rejects.toThrow("stopped");
  });
}
