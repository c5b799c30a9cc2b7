import { describe, expect, it } from "vitest";
import { FileNotFoundError, FileSystemError } from "../../src/filesystems/file-system-errors.ts";
import { MemoryFileSystem } from "../../src/filesystems/memory-file-system.ts";
import { objectStream, type ReceiveRange, readInRanges } from "../../src/filesystems/range-reading.ts";

const MEBIBYTE = 1024 * 1024;
const SIZE = 100 * MEBIBYTE + 5;
const EVERYTHING = { offset: 0, end: Number.POSITIVE_INFINITY };

describe("reading in ranges", () => {
  it("gives every byte once, in order, all of one version", async () => {
    const object = new FakeObject();
    let size = 0;
    for await (const chunk of readInRanges(EVERYTHING, object.receive, undefined)) {
      expect(chunk[0]).toBe((size / MEBIBYTE) % 256);
      size += chunk.length;
    }
    expect(size).toBe(SIZE);
    expect(object.versions).toEqual([undefined, ...object.versions.slice(1).map(() => "v1")]);
  });

  it("asks for a few ranges ahead of the reader, and no more", async () => {
    const object = new FakeObject();
    const chunks = readInRanges(EVERYTHING, object.receive, undefined);
    await chunks.next();
    expect(object.versions).toHaveLength(1);
    await chunks.next();
    expect(object.versions).toHaveLength(5);
    await chunks.return();
    expect(object.signal?.aborted).toBe(true);
  });

  it("asks for no more than is wanted", async () => {
    const object = new FakeObject();
    const sizes: number[] = [];
    const range = { offset: MEBIBYTE, end: 10 * MEBIBYTE };
    for await (const chunk of readInRanges(range, object.receive, undefined)) sizes.push(chunk.length);
    expect(sizes).toEqual([8 * MEBIBYTE, MEBIBYTE]);
  });

  it("gives nothing beyond the end", async () => {
    const chunks = readInRanges({ offset: SIZE, end: SIZE + 1 }, new FakeObject().receive, undefined);
    expect(await chunks.next()).toMatchObject({ done: true });
  });

  it("ends with the reason of an abort", async () => {
    const controller = new AbortController();
    const chunks = readInRanges(EVERYTHING, new FakeObject().receive, controller.signal);
    await chunks.next();
    controller.abort(new Error("stopped"));
    await expect(chunks.next()).rejects.toThrow("stopped");
  });

  it("throws what fails when its turn has come", async () => {
    const object = new FakeObject();
    const receive: ReceiveRange = async (range, options) => {
      if (range.offset > 16 * MEBIBYTE) throw new Error("broke off");
      return object.receive(range, options);
    };
    const chunks = readInRanges(EVERYTHING, receive, undefined);
    for (let count = 0; count < 3; count += 1) expect((await chunks.next()).value).toHaveLength(8 * MEBIBYTE);
    await expect(chunks.next()).rejects.toThrow("broke off");
  });
});

describe("a stream of an object", () => {
  it("receives the file that the path means, from where the options say", async () => {
    const files: string[] = [];
    const options = { path: "./a//b", offset: 3 * MEBIBYTE, length: 7 };
    const chunks = objectStream(new MemoryFileSystem(), options, (file) => {
      files.push(file);
      return new FakeObject().receive;
    });
    const { value } = await chunks.next();
    expect(value).toMatchObject({ length: 7, 0: 3 });
    expect(files).toEqual(["a/b"]);
  });

  it("is empty when the place refuses the range as beyond the end, and throws every other refusal", async () => {
    const refusing = (status: number): AsyncGenerator<Uint8Array> =>
      objectStream(new MemoryFileSystem(), { path: "a", offset: 9 }, () => () => {
        return Promise.reject(new FileSystemError("refused", { details: { path: "a", status } }));
      });
    expect(await refusing(416).next()).toEqual({ done: true, value: undefined });
    await expect(refusing(403).next()).rejects.toThrow("refused");
  });

  it("of no bytes asks only whether the file is there", async () => {
    const empty = (path: string): AsyncGenerator<Uint8Array> =>
      objectStream(fileSystem, { path, length: 0 }, () => expect.unreachable());
    const fileSystem = new MemoryFileSystem();
    await fileSystem.write("there", "content");
    expect(await empty("there").next()).toMatchObject({ done: true });
    await expect(empty("absent").next()).rejects.toThrow(FileNotFoundError);
  });
});

/** Each range begins with a byte that tells where it begins. */
class FakeObject {
  readonly versions: (string | undefined)[] = [];
  signal: AbortSignal | undefined;

  readonly receive: ReceiveRange = async ({ offset, end }, { version, signal }) => {
    this.versions.push(version);
    this.signal = signal;
    if (offset >= SIZE) return undefined;
    const bytes = Buffer.alloc(Math.min(end, SIZE) - offset);
    bytes[0] = (offset / MEBIBYTE) % 256;
    return { bytes, size: SIZE, version: "v1" };
  };
}
