import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import type { IncomingMessage } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { S3 } from "@aws-sdk/client-s3";
import { flow, getDirectory, putDirectory, readText, task, temporarySettings } from "@sluice/core";
import { describeWithServer } from "@sluice-internal/test-servers";
import { afterAll, beforeAll, beforeEach, describe, expect, it, vi } from "vitest";
import { S3Bucket } from "../src/index.ts";
import { bucketOn, credentialsFor, newBucket } from "./buckets.ts";
import { type FaultyProxy, faultyProxy, refuse } from "./faulty-proxy.ts";

const MEBIBYTE = 1024 * 1024;

async function* inPieces(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += MEBIBYTE) yield bytes.subarray(start, start + MEBIBYTE);
}

describeWithServer("moto", (server) => {
  let proxy: FaultyProxy;
  /** Reached through the proxy. */
  let bucket: S3Bucket;
  /** Sees what is in it without the file system. */
  let s3: S3;

  beforeAll(async () => {
    proxy = await faultyProxy(server().url);
    const { bucketName } = await newBucket(server());
    bucket = bucketOn(proxy, { bucketName, partMebibytes: 5 });
    s3 = new S3(await credentialsFor(server()).clientOptions());
  });

  beforeEach(() => {
    proxy.fault = () => false;
  });

  afterAll(async () => {
    s3.destroy();
    await proxy.stop();
  });

  describe("content in parts", () => {
    it("is not visible, and takes no place, when it was not completed", async () => {
      async function* broken(): AsyncGenerator<Uint8Array> {
        yield* inPieces(randomBytes(12 * MEBIBYTE));
        throw new Error("source broke");
      }
      await expect(bucket.write("broken", broken())).rejects.toThrow("source broke");
      const { Uploads = [] } = await s3.listMultipartUploads({ Bucket: bucket.bucketName });
      expect(Uploads).toEqual([]);
    });

    it("says at first which checksum its parts have, so that the service need not compute another", async () => {
      for (const [name, value] of Object.entries(server().env)) vi.stubEnv(name, value);
      const { bucketName } = bucket;
      try {
        await new S3Bucket({ bucketName, partMebibytes: 5 }).write(
          "summed",
          inPieces(randomBytes(11 * MEBIBYTE)),
        );
      } finally {
        vi.unstubAllEnvs();
      }
      const object = await s3.headObject({ Bucket: bucketName, Key: "summed", ChecksumMode: "ENABLED" });
      expect(object).toMatchObject({ ChecksumCRC32: expect.any(String) });
    });

    it("is created only if absent, too", async () => {
      const content = randomBytes(11 * MEBIBYTE);
      await bucket.write("large", inPieces(content), { ifAbsent: true });
      const again = bucket.write("large", inPieces(randomBytes(11 * MEBIBYTE)), { ifAbsent: true });
      await expect(again).rejects.toMatchObject({ code: "FILE_EXISTS" });
      expect(Buffer.from(await bucket.read("large")).equals(content)).toBe(true);
    });
  });

  describe("an answer that gets lost", () => {
    /** The server does what it is told, and nobody hears of it. */
    const losingAnswers = (times: number, isLost: (call: IncomingMessage) => boolean): void => {
      let left = times;
      proxy.fault = async (call, answer, forward) => {
        if (left === 0 || !isLost(call)) return false;
        left -= 1;
        (await forward()).resume();
        answer.destroy();
        return true;
      };
    };

    it("does not let a conditional creation count as another's", async () => {
      losingAnswers(1, ({ method }) => method === "PUT");
      await bucket.write("lock", "mine", { ifAbsent: true });
      losingAnswers(1, ({ method }) => method === "PUT");
      await expect(bucket.write("lock", "other", { ifAbsent: true })).rejects.toMatchObject({
        code: "FILE_EXISTS",
      });
      expect(await readText(bucket, "lock")).toBe("mine");
    });
  });

  it("asks again for content that breaks off", async () => {
    const content = randomBytes(20 * MEBIBYTE);
    await bucket.write("content", inPieces(content));
    let broken = 0;
    proxy.fault = async ({ method }, answer, forward) => {
      if (method !== "GET" || broken === 3) return false;
      broken += 1;
      const response = await forward();
      answer.writeHead(response.statusCode ?? 500, response.headers);
      response.once("data", (chunk: Buffer) => {
        answer.write(chunk, () => answer.destroy());
        response.destroy();
      });
      return true;
    };
    expect(Buffer.from(await bucket.read("content")).equals(content)).toBe(true);
    expect(broken).toBe(3);
  }, 30_000);

  it("comes again when S3 cannot decide between two writers", async () => {
    let conflicts = 0;
    proxy.fault = ({ method }, answer) => {
      if (method !== "PUT" || conflicts === 2) return false;
      conflicts += 1;
      return refuse(answer, 409, "ConditionalRequestConflict");
    };
    await bucket.write("contended", "x", { ifAbsent: true });
    expect(conflicts).toBe(2);
    expect(await readText(bucket, "contended")).toBe("x");
  });

  it("is patient with an overloaded service", async () => {
    let refusals = 0;
    proxy.fault = (_, answer) => {
      refusals += 1;
      return refusals <= 2 && refuse(answer, 503, "SlowDown");
    };
    await bucket.write("file", "x");
    expect(refusals).toBe(3);
  });

  it("copies what S3 finds too large to copy", async () => {
    await bucket.write("huge", "content");
    proxy.fault = (call, answer) =>
      call.headers["x-amz-copy-source"] !== undefined &&
      refuse(answer, 400, "InvalidRequest", "The specified copy source is larger than the maximum");
    await bucket.copy("huge", "copy of huge");
    expect(await readText(bucket, "copy of huge")).toBe("content");
  });

  it("says which of several files could not be removed", async () => {
    proxy.fault = ({ method }, answer) => {
      if (method === "DELETE") return refuse(answer, 403, "AccessDenied", "No");
      answer.writeHead(200, { "content-type": "application/xml" });
      const error = "<Error><Key>b</Key><Code>AccessDenied</Code><Message>No</Message></Error>";
      answer.end(`<?xml version="1.0"?><DeleteResult>${error}</DeleteResult>`);
      return true;
    };
    await expect(bucket.deleteMany(["a", "b"])).rejects.toMatchObject({
      code: "FILE_ACCESS_DENIED",
      message: expect.stringMatching(/Cannot delete "b".*AccessDenied/),
    });
  });

  it("leaves out keys of other programs that no path leads to", async () => {
    for (const Key of ["other/", "other//double", "other/../up", "other/file", "/root"]) {
      await s3.putObject({ Bucket: bucket.bucketName, Key, Body: "x" });
    }
    expect((await bucket.list({ prefix: "other/" })).files.map(({ path }) => path)).toEqual(["other/file"]);
    expect((await bucket.list({ recursive: false })).directories).toContain("other/");
  });

  it("signs URLs for a week at most, without a checksum of what is not known yet", async () => {
    const url = await bucket.signedUrl("file", { expiresInSeconds: 604_800, method: "PUT" });
    expect(url).not.toContain("checksum");
    await expect(bucket.signedUrl("file", { expiresInSeconds: 604_801 })).rejects.toMatchObject({
      code: "INVALID_REQUEST",
    });
  });

  it("keeps the results of tasks", async () => {
    const numbers = task(
      { name: "numbers", persistResult: true, resultStorage: bucket, resultStorageKey: "results/numbers" },
      async () => [new Date(0), 42n],
    );
    const kept = flow({ name: "kept" }, async () => numbers());
    const settings = { home: join(tmpdir(), "storage-s3-no-home"), "history.mode": "memory" } as const;
    expect(await temporarySettings(settings, () => kept())).toEqual([new Date(0), 42n]);
    expect((await bucket.list({ prefix: "results/" })).files).toMatchObject([{ path: "results/numbers" }]);
  }, 30_000);

  it("keeps code, which is brought to a directory", async () => {
    const directory = await mkdtemp(join(tmpdir(), "storage-s3-"));
    try {
      await writeFile(join(directory, "flow.ts"), "export const answer = 42;");
      await writeFile(join(directory, "notes.log"), "left out");
      await putDirectory(directory, { fileSystem: bucket, path: "code" }, { ignore: ["*.log"] });
      const pulled = await getDirectory({ fileSystem: bucket, path: "code" }, join(directory, "pulled"));
      expect(pulled).toEqual(["flow.ts"]);
      expect(await readFile(join(directory, "pulled", "flow.ts"), "utf8")).toContain("42");
    } finally {
      await rm(directory, { recursive: true });
    }
  });
});
