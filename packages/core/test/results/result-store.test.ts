import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { resultReferenceSchema } from "@sluice/protocol/schemas";
import { describe, expect, it } from "vitest";
import { readText } from "../../src/filesystems/file-operations.ts";
import { LocalFileSystem } from "../../src/filesystems/local-file-system.ts";
import { MemoryFileSystem } from "../../src/filesystems/memory-file-system.ts";
import { ResultStore, type ResultStoreOptions } from "../../src/results/result-store.ts";
import { registerSerializable } from "../../src/serializers/serializable-class.ts";
import type { Serializer } from "../../src/serializers/serializer.ts";

const SDK_VERSION = "3.4.0-test";

function makeStore(options: Partial<ResultStoreOptions> = {}): {
  storage: MemoryFileSystem;
  store: ResultStore;
} {
  const storage = new MemoryFileSystem();
  return { storage, store: new ResultStore({ storage, sdkVersion: SDK_VERSION, ...options }) };
}

/** A clock that stands at an instant until it is moved. */
function clockAt(iso: string) {
  let ms = Date.parse(iso);
  return {
    nowUs: () => ms * 1000,
    sleep: () => Promise.reject(new Error("nobody sleeps here")),
    moveTo: (later: string) => {
      ms = Date.parse(later);
    },
  };
}

async function fileOf(
  storage: MemoryFileSystem,
  path: string,
): Promise<{ metadata: Record<string, unknown>; result: string }> {
  return JSON.parse(await readText(storage, path));
}

describe("a result", () => {
  it.each(["json", "compressed/json", "v8"] as const)("written with %s comes back", async (serializer) => {
    const { store } = makeStore({ serializer });
    const value = { at: new Date(0), n: 10n, list: [undefined, Buffer.from([0xff, 0xfe])] };
    const reference = await store.write("some key", value);
    const record = await store.read("some key");
    expect(record).toEqual({ value, metadata: reference });
    expect((await store.read(reference.storage_key)).value).toEqual(value);
    expect(resultReferenceSchema.parse(reference)).toMatchObject({
      serializer: { type: serializer },
      prefect_version: SDK_VERSION,
    });
  });

  it("lies in a file that other programs read", async () => {
    const { storage, store } = makeStore({ storageBlockId: "01890000-0000-7000-8000-000000000000" });
    await store.write("reports/2024.json", { total: 3 }, { expiration: new Date("2030-01-01") });
    expect(await fileOf(storage, "reports/2024.json")).toEqual({
      metadata: {
        storage_key: "reports/2024.json",
        expiration: "2030-01-01T00:00:00.000Z",
        serializer: { type: "json" },
        prefect_version: SDK_VERSION,
        storage_block_id: "01890000-0000-7000-8000-000000000000",
        encoding: "utf8",
        checksum: expect.stringMatching(/^[0-9a-f]{64}$/),
        length: 11,
      },
      result: '{"total":3}',
    });
  });

  it("of bytes lies in its file as base64", async () => {
    const { storage, store } = makeStore({ serializer: "compressed/json" });
    const { storage_key: path } = await store.write("key", "x".repeat(1000));
    const { metadata, result } = await fileOf(storage, path);
    expect(metadata).toMatchObject({
      serializer: { type: "compressed/json", compressionlib: "gzip" },
      encoding: "base64",
    });
    expect(Buffer.from(result, "base64").subarray(0, 2)).toEqual(Buffer.from([0x1f, 0x8b]));
  });

  it("can be undefined", async () => {
    const { store } = makeStore();
    await store.write("key", undefined);
    expect((await store.read("key")).value).toBeUndefined();
    expect(await store.exists("key")).toBe(true);
  });

  it("replaces the one before it", async () => {
    const { store } = makeStore();
    await store.write("key", 1);
    await store.write("key", 2);
    expect((await store.read("key")).value).toBe(2);
  });

  it("written with a serializer of the user's is read with it", async () => {
    const serializer: Serializer = {
      type: "shout",
      dumps: (value) => Buffer.from(String(value).toUpperCase()),
      loads: (bytes) => Buffer.from(bytes).toString(),
    };
    const { storage, store } = makeStore({ serializer });
    await store.write("key", "hello");
    expect((await store.read("key")).value).toBe("HELLO");
    const other = new ResultStore({ storage, sdkVersion: SDK_VERSION });
    await expect(other.read("key")).rejects.toMatchObject({
      code: "SERIALIZATION",
      message: expect.stringContaining('"shout"'),
    });
  });

  it("is read with the serializer it was written with, whatever the store writes with now", async () => {
    const { storage, store } = makeStore({ serializer: "v8" });
    await store.write("key", [1n]);
    const now = new ResultStore({ storage, sdkVersion: SDK_VERSION, serializer: "json" });
    expect((await now.read("key")).value).toEqual([1n]);
  });

  it("that cannot be written leaves the old one", async () => {
    const { store } = makeStore();
    await store.write("key", "old");
    await expect(store.write("key", { f: () => 1 })).rejects.toMatchObject({ code: "SERIALIZATION" });
    expect((await store.read("key")).value).toBe("old");
  });

  it("is neither written nor read after an abort", async () => {
    const { store } = makeStore();
    const signal = AbortSignal.abort(new Error("stopped"));
    await expect(store.write("key", 1, { signal })).rejects.toThrow("stopped");
    await store.write("key", 1);
    await expect(store.read("key", { signal })).rejects.toThrow("stopped");
    await expect(store.exists("key", { signal })).rejects.toThrow("stopped");
  });
});

describe("a store with a place of its own for records", () => {
  function makeSeparate() {
    const [storage, keyStorage] = [new MemoryFileSystem(), new MemoryFileSystem()];
    return { storage, keyStorage, store: new ResultStore({ storage, keyStorage, sdkVersion: SDK_VERSION }) };
  }

  it("keeps only the value in the storage", async () => {
    const { storage, keyStorage, store } = makeSeparate();
    const reference = await store.write("key", { a: 1 });
    expect(await readText(storage, "key")).toBe('{"a":1}');
    expect(JSON.parse(await readText(keyStorage, "key"))).toMatchObject(reference);
    expect(await store.read("key")).toEqual({ value: { a: 1 }, metadata: reference });
  });

  it("has no result once the record is gone, while the value can be read by its reference", async () => {
    const { storage, keyStorage, store } = makeSeparate();
    const reference = await store.write("key", [1n]);
    await keyStorage.delete("key");
    expect(await store.exists("key")).toBe(false);
    const elsewhere = new ResultStore({ storage, sdkVersion: SDK_VERSION });
    expect((await elsewhere.read("key", { reference })).value).toEqual([1n]);
    await expect(elsewhere.read("key")).rejects.toMatchObject({ code: "CORRUPT_RESULT" });
  });

  it("has no result once the value is gone", async () => {
    const { storage, store } = makeSeparate();
    await store.write("key", 1);
    await storage.delete("key");
    expect(await store.exists("key")).toBe(false);
    await expect(store.read("key")).rejects.toMatchObject({ code: "MISSING_RESULT" });
  });

  it("refuses what was changed in either place", async () => {
    const { storage, keyStorage, store } = makeSeparate();
    await store.write("key", "abc");
    await storage.write("key", '"abd"');
    await expect(store.read("key")).rejects.toMatchObject({ code: "CORRUPT_RESULT" });
    await keyStorage.write("key", "{");
    await expect(store.read("key")).rejects.toThrow("cut off or not JSON");
  });

  it("removes both", async () => {
    const { storage, keyStorage, store } = makeSeparate();
    await store.write("key", 1);
    await store.delete("key");
    expect([(await storage.list()).files, (await keyStorage.list()).files]).toEqual([[], []]);
  });
});

describe("whether a result exists", () => {
  it("depends on its expiration, while it can still be read", async () => {
    const clock = clockAt("2024-01-01T00:00:00Z");
    const { store } = makeStore({ clock });
    await store.write("key", 1, { expiration: new Date("2024-01-01T01:00:00Z") });
    expect(await store.exists("key")).toBe(true);
    clock.moveTo("2024-01-01T01:00:00Z");
    expect(await store.exists("key")).toBe(false);
    expect((await store.read("key")).value).toBe(1);
  });

  it("ends with its deletion", async () => {
    const { store } = makeStore();
    await store.write("key", 1);
    await store.delete("key");
    await store.delete("key");
    expect(await store.exists("key")).toBe(false);
    await expect(store.read("key")).rejects.toMatchObject({
      code: "MISSING_RESULT",
      message: expect.stringContaining('"key" in memory:'),
    });
  });
});

describe("a file that is not as it was written", () => {
  const damages: [name: string, damage: (text: string) => string, problem: string][] = [
    ["empty", () => "", "it is empty"],
    ["cut off", (text) => text.slice(0, -20), "cut off or not JSON"],
    ["something else", () => '{"hello":"world"}', "not the file of a result"],
    ["a JSON text", () => '"hello"', "not the file of a result"],
    ["changed in its data", (text) => text.replace('\\"a\\":1', '\\"a\\":2'), "were changed after"],
    [
      "shortened in its data",
      (text) => text.replace('\\"a\\":1', ""),
      "2 bytes of data where 7 were written",
    ],
    [
      "that of another key",
      (text) => text.replace('"storage_key":"key"', '"storage_key":"other"'),
      'it is the result "other"',
    ],
    [
      "without a valid expiration",
      (text) => text.replace('"expiration":null', '"expiration":"soon"'),
      "not the file of a result",
    ],
  ];

  it.each(damages)("is refused: %s", async (_, damage, problem) => {
    const { storage, store } = makeStore();
    await store.write("key", { a: 1 });
    const text = await readText(storage, "key");
    const damaged = damage(text);
    expect(damaged).not.toBe(text);
    await storage.write("key", damaged);
    const refusal = {
      code: "CORRUPT_RESULT",
      message: expect.stringMatching(/"key" in memory:/),
      details: { path: "key", location: "memory:" },
    };
    await expect(store.read("key")).rejects.toMatchObject(refusal);
    await expect(store.read("key")).rejects.toThrow(problem);
    await expect(store.exists("key")).rejects.toMatchObject(refusal);
  });

  it("is not said to be corrupt when only its class is missing here", async () => {
    class Local {}
    registerSerializable(Local, {
      name: "test.Local",
      encode: () => 1,
      decode: () => {
        throw new Error("no such planet");
      },
    });
    const { store } = makeStore();
    await store.write("key", new Local());
    await expect(store.read("key")).rejects.toMatchObject({
      code: "SERIALIZATION",
      message: expect.stringMatching(/"key".*no such planet/),
    });
  });
});

describe("a file that Prefect wrote", () => {
  const write = async (serializer: Record<string, unknown>, result: unknown) => {
    const { storage, store } = makeStore();
    const metadata = {
      storage_key: "/home/user/.prefect/storage/key",
      expiration: null,
      serializer,
      prefect_version: "3.6.0",
      storage_block_id: null,
    };
    await storage.write("key", JSON.stringify({ metadata, result }));
    return store;
  };

  it("as JSON is read", async () => {
    const store = await write({ type: "json", jsonlib: "json" }, '{"a": [1, 2]}');
    const record = await store.read("key");
    expect(record.value).toEqual({ a: [1, 2] });
    expect(record.metadata.prefect_version).toBe("3.6.0");
    expect(await store.exists("key")).toBe(true);
  });

  it.each([
    { type: "compressed/json", compressionlib: "gzip" },
    { type: "compressed", serializer: { type: "json" }, compressionlib: "gzip" },
  ])("as compressed JSON with gzip is read, with the line breaks of its base64: %j", async (serializer) => {
    const base64 = gzipSync('{"a":1}')
      .toString("base64")
      .replace(/^.{20}/, "$&\n");
    const store = await write(serializer, `${base64}\n`);
    expect((await store.read("key")).value).toEqual({ a: 1 });
  });

  it.each([
    [{ type: "pickle", picklelib: "cloudpickle" }, 'result_serializer="json"'],
    [{ type: "compressed/json", compressionlib: "lzma" }, 'compressionlib="gzip"'],
  ])("with %j is refused with what to do", async (serializer, remedy) => {
    const store = await write(serializer, "gASVBQ==\n");
    await expect(store.read("key")).rejects.toMatchObject({
      code: "SERIALIZATION",
      message: expect.stringContaining(remedy),
    });
  });

  it("in a local directory is found by the absolute path of its reference", async () => {
    const basePath = await mkdtemp(join(tmpdir(), "result-store-"));
    try {
      const store = new ResultStore({ storage: new LocalFileSystem({ basePath }), sdkVersion: SDK_VERSION });
      await store.write("a/b", 1);
      expect((await store.read(join(basePath, "a/b"))).value).toBe(1);
      await expect(store.read("/etc/passwd")).rejects.toMatchObject({ code: "MISSING_RESULT" });
    } finally {
      await rm(basePath, { recursive: true });
    }
  });

  it("and damaged is refused", async () => {
    const store = await write({ type: "json" }, '{"a": [1, 2');
    await expect(store.read("key")).rejects.toMatchObject({ code: "CORRUPT_RESULT" });
  });
});
