import { deflateSync, gunzipSync, gzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { compressedSerializer } from "../../src/serializers/compressed-serializer.ts";

async function load(bytes: Uint8Array, maxBytes?: number): Promise<unknown> {
  return compressedSerializer({ maxBytes }).loads(bytes);
}

it("gives plain JSON in gzip, and says so for readers in other languages", async () => {
  const serializer = compressedSerializer();
  const bytes = await serializer.dumps({ a: 1 });
  expect(gunzipSync(bytes).toString()).toBe('{"a":1}');
  expect(serializer).toMatchObject({ type: "compressed/json", settings: { compressionlib: "gzip" } });
});

it("makes repetitive values much smaller", async () => {
  const bytes = await compressedSerializer().dumps(Array.from({ length: 10_000 }, () => "the same"));
  expect(bytes.length).toBeLessThan(1000);
});

it("reads zlib as well as gzip", async () => {
  expect(await load(deflateSync('{"a":1}'))).toEqual({ a: 1 });
});

it("stops at the limit when a small file holds a large value", async () => {
  const bomb = gzipSync(Buffer.alloc(50 * 1024 * 1024));
  expect(bomb.length).toBeLessThan(100_000);
  await expect(load(bomb, 1024)).rejects.toMatchObject({
    code: "SERIALIZATION",
    message: expect.stringContaining("limit of 1024"),
  });
});

it("refuses to write what it would refuse to read", async () => {
  const serializer = compressedSerializer({ maxBytes: 10 });
  await expect(Promise.resolve(serializer.dumps("a longer text"))).rejects.toMatchObject({
    code: "SERIALIZATION",
    message: expect.stringContaining("Raise maxBytes"),
  });
  expect(await serializer.loads(await serializer.dumps("short"))).toBe("short");
});

it("reads a value of exactly the limit", async () => {
  expect(await load(gzipSync('"12345678"'), 10)).toBe("12345678");
});
