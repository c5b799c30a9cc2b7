import { createHash, randomBytes } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { listFiles, readText, signedUrl } from "@sluice/core";
import { GcpCredentials } from "@sluice/credentials-gcp";
import { describeWithServer, startStubServer } from "@sluice-internal/test-servers";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { GcsBucket } from "../src/index.ts";
import { bucketAt, credentials, newBucket } from "./buckets.ts";
import { startProxy, startRefusing } from "./stub-service.ts";

const MEBIBYTE = 1024 * 1024;

describeWithServer("fake-gcs-server", (server) => {
  it("is used without credentials at an endpoint of one's own", async () => {
    const { bucket } = await newBucket(server());
    const files = new GcsBucket({ bucket, endpoint: server().url });
    await files.write("a", "content");
    await files.deleteMany(["a", "missing"]);
    await expect(files.read("a")).rejects.toMatchObject({ code: "FILE_NOT_FOUND" });
    await expect(signedUrl(files, "a", { expiresInSeconds: 60 })).rejects.toMatchObject({
      code: "FILE_ACCESS_DENIED",
    });
  });

  it("names the block and the field when its bucket is missing", async () => {
    await expect(bucketAt(server().url).stat("file")).rejects.toMatchObject({
      code: "FILE_SYSTEM",
      message: expect.stringMatching(/block gcs-bucket\)\. .*correct bucket/),
    });
  });

  it("shows only its folder, and of that nothing that no path leads to", async () => {
    const files = await newBucket(server(), { bucketFolder: "folder" });
    const upload = `${server().url}/upload/storage/v1/b/${files.bucket}/o?uploadType=media&name=`;
    for (const key of ["folder/a", "folder//b", "folder/c/", "other/d", "folder2/e"]) {
      await fetch(`${upload}${encodeURIComponent(key)}`, { method: "POST", body: "x" });
    }
    const found: string[] = [];
    for await (const { path } of listFiles(files)) found.push(path);
    expect(found).toEqual(["a"]);
  });

  it("removes objects of any name in one call, also those that are not there", async () => {
    const files = await newBucket(server());
    const calls: string[] = [];
    const endpoint = await startProxy(server().url, ({ method, url }) => {
      calls.push(`${method} ${url}`);
      return undefined;
    });
    const names = ["with space", "100%25 done%", "ü 数据 🚀", "a'b\"c&d=e+f?g#h;i,j", "<xml>", "missing"];
    for (const name of names.slice(0, -1)) await files.write(name, name);
    await bucketAt(endpoint, { bucket: files.bucket }).deleteMany(names);
    expect((await files.list()).files).toEqual([]);
    expect(calls).toEqual(["POST /batch/storage/v1"]);
  });

  it("asks again for what broke off", async () => {
    const files = await newBucket(server());
    const content = randomBytes(3 * MEBIBYTE);
    await files.write("file", content);
    let cuts = 0;
    const endpoint = await startProxy(server().url, ({ method }) => {
      cuts += method === "GET" ? 1 : 0;
      return cuts === 1 ? MEBIBYTE : undefined;
    });
    expect(digest(await bucketAt(endpoint, { bucket: files.bucket }).read("file"))).toBe(digest(content));
    expect(cuts).toBe(2);
  });

  it("knows its own file when the answer to its creation got lost", async () => {
    const files = await newBucket(server());
    let uploads = 0;
    const endpoint = await startProxy(server().url, ({ method }) => {
      uploads += method === "POST" ? 1 : 0;
      return method === "POST" && uploads === 1 ? 0 : undefined;
    });
    const proxied = bucketAt(endpoint, { bucket: files.bucket });
    await proxied.write("lock", "mine", { ifAbsent: true });
    expect(uploads).toBe(2);
    await expect(proxied.write("lock", "other", { ifAbsent: true })).rejects.toMatchObject({
      code: "FILE_EXISTS",
    });
    expect(await readText(files, "lock")).toBe("mine");
  });

  it("creates a long file only once", async () => {
    const files = await newBucket(server(), { partMebibytes: 1 });
    const content = randomBytes(2 * MEBIBYTE + 1);
    await files.write("file", content, { ifAbsent: true });
    const other = randomBytes(2 * MEBIBYTE + 1);
    await expect(files.write("file", other, { ifAbsent: true })).rejects.toMatchObject({
      code: "FILE_EXISTS",
    });
    expect(digest(await files.read("file"))).toBe(digest(content));
  });
});

describe("a refusal", () => {
  it.each([
    [401, "authError", "FILE_ACCESS_DENIED", "whether it was deleted"],
    [403, "forbidden", "FILE_ACCESS_DENIED", "Storage Object Admin"],
    [403, "userRateLimitExceeded", "FILE_THROTTLED", "Lower the concurrency"],
  ])(
    "of %i for %s says what to do",
    async (status, reason, code, words) => {
      const files = bucketAt(await startRefusing(status, reason));
      const calls = [files.stat("file"), files.list(), files.write("file", "x"), files.deleteMany(["file"])];
      const refusal = { code, message: expect.stringContaining(words) };
      await Promise.all(calls.map((call) => expect(call).rejects.toMatchObject(refusal)));
    },
    30_000,
  );

  it("for want of credentials says how to give some", async () => {
    const home = await mkdtemp(join(tmpdir(), "gcs-home-"));
    vi.stubEnv("HOME", home);
    vi.stubEnv("GOOGLE_APPLICATION_CREDENTIALS", "");
    vi.stubEnv("METADATA_SERVER_DETECTION", "none");
    onTestFinished(async () => {
      vi.unstubAllEnvs();
      await rm(home, { recursive: true });
    });
    const endpoint = await startRefusing(401, "required");
    const files = bucketAt(endpoint, { gcpCredentials: new GcpCredentials({}) });
    await expect(files.stat("file")).rejects.toMatchObject({
      code: "FILE_ACCESS_DENIED",
      message: expect.stringContaining("GOOGLE_APPLICATION_CREDENTIALS"),
    });
  });

  it("of a key that does not sign anything is named", async () => {
    const gcpCredentials = new GcpCredentials({
      serviceAccountInfo: { client_email: "flows@acme.example", private_key: "no key" },
    });
    const files = bucketAt(await startRefusing(500, "backendError"), { gcpCredentials });
    await expect(files.stat("file")).rejects.toMatchObject({
      code: "FILE_ACCESS_DENIED",
      message: expect.stringContaining("Download the key again"),
    });
  });
});

it("stops a call that gets no answer when it is told to", async () => {
  const controller = new AbortController();
  const endpoint = await startStubServer(() => controller.abort(new Error("stopped")));
  const files = bucketAt(endpoint);
  const { signal } = controller;
  await expect(files.stat("file", { signal })).rejects.toThrow("stopped");
});

it("sends tokens that the key has signed", async () => {
  const sent: (string | undefined)[] = [];
  const endpoint = await startStubServer((asked, response) => {
    sent.push(asked.headers.authorization);
    response.writeHead(200, { "content-type": "application/json" }).end("{}");
  });
  await bucketAt(endpoint, { gcpCredentials: credentials }).stat("file");
  expect(sent).toEqual([expect.stringMatching(/^Bearer eyJ/)]);
});

function digest(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
