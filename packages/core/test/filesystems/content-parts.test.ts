import { describe, expect, it } from "vitest";
import { contentParts } from "../../src/filesystems/content-parts.ts";

describe("content in parts", () => {
  it.each([
    ["", ""],
    ["abc", "abc"],
    ["abcd", "abcd"],
  ])("is one part when %j fits into it", async (text, expected) => {
    const content = await contentParts(text, 4);
    if (content.kind !== "one") throw new Error("There are several parts.");
    expect(Buffer.from(content.bytes).toString()).toBe(expected);
  });

  it("is several parts of the same size, and the rest, however it comes", async () => {
    for (const chunks of [["abcdefghij"], ["a", "bcdefg", "", "hi", "j"]]) {
      expect(await partsOf(chunks)).toEqual(["abcd", "efgh", "ij"]);
    }
    expect(await partsOf(["abcd", "efgh"])).toEqual(["abcd", "efgh"]);
  });

  it("closes its source when no more parts are wanted", async () => {
    let isClosed = false;
    async function* endless(): AsyncGenerator<Uint8Array> {
      try {
        for (;;) yield Buffer.from("abcd");
      } finally {
        isClosed = true;
      }
    }
    const content = await contentParts(endless(), 4);
    if (content.kind !== "many") throw new Error("There is one part only.");
    for await (const _ of content.parts) break;
    expect(isClosed).toBe(true);
  });

  it("ends with the reason of an abort", async () => {
    const controller = new AbortController();
    const content = await contentParts(source(["abcd", "efgh", "ijkl"]), 4, controller.signal);
    if (content.kind !== "many") throw new Error("There is one part only.");
    controller.abort(new Error("stopped"));
    await content.parts.next();
    await content.parts.next();
    await expect(content.parts.next()).rejects.toThrow("stopped");
  });
});

async function partsOf(chunks: readonly string[]): Promise<string[]> {
  const content = await contentParts(source(chunks), 4);
  if (content.kind !== "many") throw new Error("There is one part only.");
  const parts: string[] = [];
  for await (const part of content.parts) parts.push(Buffer.from(part).toString());
  return parts;
}

async function* source(chunks: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield Buffer.from(chunk);
}
