import { describe, expect, it } from "vitest";
import { type ContentParts, withContentParts } from "../../src/filesystems/content-parts.ts";

const OPTIONS = { partBytes: 4 };

describe("content in parts", () => {
  it.each([
    ["", ""],
    ["abc", "abc"],
    ["abcd", "abcd"],
  ])("is one part when %j fits into it", async (text, expected) => {
    const bytes = await withContentParts(text, OPTIONS, async (content) => {
      if (content.kind !== "one") throw new Error("There are several parts.");
      return content.bytes;
    });
    expect(Buffer.from(bytes).toString()).toBe(expected);
  });

  it("is several parts of the same size, and the rest, however it comes", async () => {
    for (const chunks of [["abcdefghij"], ["a", "bcdefg", "", "hi", "j"]]) {
      expect(await textsOf(chunks)).toEqual(["abcd", "efgh", "ij"]);
    }
    expect(await textsOf(["abcd", "efgh"])).toEqual(["abcd", "efgh"]);
  });

  it.each<[string, (content: ContentParts) => Promise<void>]>([
    [
      "no more parts are wanted",
      async (content) => {
        for await (const _ of partsOf(content)) break;
      },
    ],
    ["the first part is not even asked for", () => Promise.resolve()],
    ["the write fails", () => Promise.reject(new Error("refused"))],
  ])("closes its source when %s", async (_, write) => {
    let isClosed = false;
    async function* endless(): AsyncGenerator<Uint8Array> {
      try {
        for (;;) yield Buffer.from("abcd");
      } finally {
        isClosed = true;
      }
    }
    await Promise.allSettled([withContentParts(endless(), OPTIONS, write)]);
    expect(isClosed).toBe(true);
  });

  it("lie in the memory of parts that were given back, and in their own until then", async () => {
    const chunks = source(["ab", "cdef", "ghij", "klmn", "opqr"]);
    const [buffers, texts] = await withContentParts(chunks, OPTIONS, async (content) => {
      if (content.kind !== "many") throw new Error("There is one part only.");
      const [kept, memory, read]: [Uint8Array[], ArrayBufferLike[], string[]] = [[], [], []];
      for await (const part of content.parts) {
        read.push(Buffer.from(part).toString());
        memory.push(part.buffer);
        kept.push(part);
        // The second part is given back, the others are not.
        if (kept.length === 2) content.reuse(part);
      }
      read.push(Buffer.from(kept[0] ?? []).toString(), Buffer.from(kept[2] ?? []).toString());
      return [memory, read] as const;
    });
    expect(texts).toEqual(["abcd", "efgh", "ijkl", "mnop", "qr", "abcd", "ijkl"]);
    expect(buffers[2]).toBe(buffers[1]);
    expect(new Set(buffers).size).toBe(4);
  });

  it("never take memory back that is the content's own", async () => {
    const [first, second] = [Buffer.from("abcd"), Buffer.from("efgh")];
    async function* whole(): AsyncGenerator<Uint8Array> {
      yield first;
      yield second;
      yield Buffer.from("ij");
      yield Buffer.from("kl");
    }
    await withContentParts(whole(), OPTIONS, async (content) => {
      if (content.kind !== "many") throw new Error("There is one part only.");
      for await (const part of content.parts) content.reuse(part);
    });
    expect([first.toString(), second.toString()]).toEqual(["abcd", "efgh"]);
  });

  it("ends with the reason of an abort", async () => {
    const controller = new AbortController();
    const options = { ...OPTIONS, signal: controller.signal };
    await withContentParts(source(["abcd", "efgh", "ijkl"]), options, async (content) => {
      const parts = partsOf(content);
      controller.abort(new Error("stopped"));
      await parts.next();
      await parts.next();
      await expect(parts.next()).rejects.toThrow("stopped");
    });
  });
});

function textsOf(chunks: readonly string[]): Promise<string[]> {
  return withContentParts(source(chunks), OPTIONS, async (content) => {
    const texts: string[] = [];
    for await (const part of partsOf(content)) texts.push(Buffer.from(part).toString());
    return texts;
  });
}

function partsOf(content: ContentParts): AsyncGenerator<Uint8Array, void, undefined> {
  if (content.kind !== "many") throw new Error("There is one part only.");
  return content.parts;
}

async function* source(chunks: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield Buffer.from(chunk);
}
