import { createHash, randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { bucketAt } from "./buckets.ts";
import { type Loss, startResumableService } from "./resumable-service.ts";

const MEBIBYTE = 1024 * 1024;
const CONTENT = randomBytes(2 * MEBIBYTE + 1);
const [FIRST, SECOND, LAST] = [
  "bytes 0-1048575/*",
  "bytes 1048576-2097151/*",
  "bytes 2097152-2097152/2097153",
];

describe("a long upload", () => {
  it("goes part by part, and says with the last one how long it is", async () => {
    const service = await upload(() => undefined);
    expect(service.ranges).toEqual([FIRST, SECOND, LAST]);
  });

  it.each<[string, Loss, string[]]>([
    ["nothing of a part arrived", { arrives: 0 }, ["bytes */*", SECOND, LAST]],
    ["a half of it arrived", { arrives: MEBIBYTE / 2 }, ["bytes */*", "bytes 1572864-2097151/*", LAST]],
    ["all of it arrived and the answer got lost", { arrives: MEBIBYTE }, ["bytes */*", LAST]],
    ["the service failed", { arrives: 0, status: 503 }, ["bytes */*", SECOND, LAST]],
  ])("goes on where it was when %s", async (_, loss, rest) => {
    const service = await upload((index) => (index === 1 ? loss : undefined));
    expect(service.ranges).toEqual([FIRST, SECOND, ...rest]);
  });

  it("is done when only the answer to its last part got lost", async () => {
    const service = await upload((index) => (index === 2 ? { arrives: 1 } : undefined));
    expect(service.ranges).toEqual([FIRST, SECOND, LAST, "bytes */*"]);
  });

  it("sends on what a service that takes less than a part has not taken", async () => {
    const service = await upload((index) =>
      index === 1 ? { arrives: MEBIBYTE / 2, status: 308 } : undefined,
    );
    expect(service.object()).toHaveLength(CONTENT.length);
  });

  it("gives up on a service that takes nothing", async () => {
    const service = await startResumableService((index) =>
      index > 0 ? { arrives: 0, status: 308 } : undefined,
    );
    const write = bucketAt(service.endpoint, { partMebibytes: 1 }).write("file", CONTENT);
    await expect(write).rejects.toMatchObject({
      code: "FILE_SYSTEM",
      message: expect.stringContaining("took nothing"),
    });
    expect(service.isCancelled()).toBe(true);
  }, 30_000);

  it("that is refused is cancelled, and leaves nothing", async () => {
    const service = await startResumableService((index) =>
      index === 1 ? { arrives: 0, status: 410 } : undefined,
    );
    const write = bucketAt(service.endpoint, { partMebibytes: 1 }).write("file", CONTENT);
    await expect(write).rejects.toMatchObject({
      code: "FILE_SYSTEM",
      message: expect.stringContaining("Write it again"),
    });
    expect(service.isCancelled()).toBe(true);
    expect(service.object()).toBeUndefined();
  });

  it("that is stopped is cancelled, and leaves nothing", async () => {
    const controller = new AbortController();
    const service = await startResumableService((index) => {
      if (index === 1) controller.abort(new Error("stopped"));
      return undefined;
    });
    const { signal } = controller;
    const write = bucketAt(service.endpoint, { partMebibytes: 1 }).write("file", CONTENT, { signal });
    await expect(write).rejects.toThrow("stopped");
    await expect.poll(service.isCancelled).toBe(true);
    expect(service.object()).toBeUndefined();
  });
});

async function upload(
  loss: (index: number) => Loss | undefined,
): Promise<Awaited<ReturnType<typeof startResumableService>>> {
  const service = await startResumableService(loss);
  await bucketAt(service.endpoint, { partMebibytes: 1 }).write("file", CONTENT);
  expect(digest(service.object() ?? Buffer.alloc(0))).toBe(digest(CONTENT));
  return service;
}

function digest(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
