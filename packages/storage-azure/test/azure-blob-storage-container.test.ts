import { createHash, randomBytes } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { inspect } from "node:util";
import { ContainerSASPermissions } from "@azure/storage-blob";
import { deleteFiles, listFiles, moveFile, readText, signedUrl } from "@sluice/core";
import { AzureBlobStorageCredentials } from "@sluice/credentials-azure";
import { describeWithServer, type TestServer } from "@sluice-internal/test-servers";
import { describe, expect, it } from "vitest";
import { AzureBlobStorageContainer } from "../src/index.ts";
import { accountKeyOf, connectionStringOf, containerOn, newContainer, serviceOf } from "./containers.ts";
import { startProxy, type Trouble } from "./stub-account.ts";

const MEBIBYTE = 1024 * 1024;

describeWithServer("azurite", (server) => {
  describe("with a shared access signature", () => {
    it("reads, writes, copies and removes what it allows", async () => {
      const files = await containerWithSignature(server(), { permissions: "racwdl" });
      await files.write("a", "content");
      await moveFile({ fileSystem: files, path: "a" }, { fileSystem: files, path: "b" });
      expect(await readText(files, "b")).toBe("content");
      await deleteFiles(files, "");
      expect((await files.list()).files).toEqual([]);
    });

    it("is told what is not allowed, by its block, without the signature", async () => {
      const files = await containerWithSignature(server(), { permissions: "rl" });
      const error = await files.write("a", "content").catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: "FILE_ACCESS_DENIED" });
      expect(String(error)).toContain("azure-blob-storage-container");
      expect(inspect(error, { depth: 9, showHidden: true })).not.toMatch(/sig=(?!\*)/);
    });

    it("is told that it has expired", async () => {
      const files = await containerWithSignature(server(), { permissions: "rl", expiredFor: 60_000 });
      await expect(files.read("a")).rejects.toMatchObject({
        code: "FILE_ACCESS_DENIED",
        message: expect.stringContaining("has expired"),
      });
    });

    it("cannot sign URLs, and says what can", async () => {
      const files = await containerWithSignature(server(), { permissions: "rl" });
      await expect(signedUrl(files, "a", { expiresInSeconds: 60 })).rejects.toMatchObject({
        code: "FILE_ACCESS_DENIED",
        message: expect.stringContaining("account key"),
      });
    });
  });

  it("names the block and the field when its container is missing", async () => {
    await expect(containerOn(server()).stat("file")).rejects.toMatchObject({
      code: "FILE_SYSTEM",
      message: expect.stringMatching(/block azure-blob-storage-container\)\. .*correct containerName/),
    });
  });

  it("says what is wrong with a connection string, without showing it", async () => {
    for (const connectionString of [
      "AccountKey=c2VjcmV0;nonsense",
      "BlobEndpoint=nothing;AccountKey=c2VjcmV0",
    ]) {
      const credentials = new AzureBlobStorageCredentials({ connectionString });
      const files = new AzureBlobStorageContainer({ containerName: "flows", credentials });
      const error = await files.read("a").catch((reason: unknown) => reason);
      expect(error).toMatchObject({
        code: "CREDENTIALS",
        message: expect.stringContaining("connectionString"),
      });
      expect(inspect(error, { depth: 9, showHidden: true })).not.toContain("c2VjcmV0");
    }
  });

  it("opens an account by its URL and key", async () => {
    const { containerName } = await newContainer(server());
    const credentials = new AzureBlobStorageCredentials({
      accountUrl: server().url,
      accountKey: accountKeyOf(server()),
    });
    const files = new AzureBlobStorageContainer({ containerName, credentials });
    await files.write("a", "content");
    expect(await readText(files, "a")).toBe("content");
  });

  it("takes the directories of a hierarchical account for what they are", async () => {
    const files = await newContainer(server());
    const container = serviceOf(server()).getContainerClient(files.containerName);
    await container.getBlockBlobClient("a").upload("", 0, { metadata: { hdi_isfolder: "true" } });
    await files.write("a/file", "content");
    const found: string[] = [];
    for await (const { path } of listFiles(files)) found.push(path);
    expect(found).toEqual(["a/file"]);
    await expect(files.stat("a")).rejects.toMatchObject({ code: "FILE_NOT_FOUND" });
  });

  it("shows only its folder, and of that nothing that no path leads to", async () => {
    const files = await newContainer(server(), { baseFolder: "folder" });
    const container = serviceOf(server()).getContainerClient(files.containerName);
    for (const key of ["folder/a", "folder//b", "folder/c/", "other/d", "folder2/e"]) {
      await container.getBlockBlobClient(key).upload("x", 1);
    }
    expect((await files.list()).files.map(({ path }) => path)).toEqual(["a"]);
  });

  it("removes blobs of any name in one call, also those that are not there", async () => {
    const files = await newContainer(server());
    const names = ["with space", "100%25 done%", "ü 数据 🚀", "a'b\"c&d=e+f?g#h;i,j", "<xml>", "missing"];
    for (const name of names.slice(0, -1)) await files.write(name, name);
    await files.deleteMany(names);
    expect((await files.list()).files).toEqual([]);
  });

  it("goes on reading where the connection broke", async () => {
    const files = await newContainer(server());
    const content = randomBytes(3 * MEBIBYTE);
    await files.write("file", content);
    let cuts = 0;
    const proxied = await throughProxy(server(), files, ({ method }) => {
      cuts += method === "GET" ? 1 : 0;
      return method === "GET" && cuts === 1 ? { passed: MEBIBYTE } : undefined;
    });
    expect(digest(await proxied.read("file"))).toBe(digest(content));
    expect(cuts).toBe(2);
  });

  it("knows its own file when the answer to its creation got lost", async () => {
    const files = await newContainer(server());
    let answers = 0;
    const proxied = await throughProxy(server(), files, ({ method }) => {
      answers += method === "PUT" ? 1 : 0;
      return method === "PUT" && answers === 1 ? { passed: 0 } : undefined;
    });
    await proxied.write("lock", "mine", { ifAbsent: true });
    expect(answers).toBe(2);
    await expect(proxied.write("lock", "other", { ifAbsent: true })).rejects.toMatchObject({
      code: "FILE_EXISTS",
    });
    expect(await readText(files, "lock")).toBe("mine");
  });

  it("copies through this process where the account may not read its own source", async () => {
    const files = await newContainer(server());
    let refusals = 0;
    const proxied = await throughProxy(server(), files, ({ headers }) => {
      if (headers["x-ms-copy-source"] === undefined) return undefined;
      refusals += 1;
      return { refusal: "CannotVerifyCopySource" };
    });
    await proxied.write("a", "content");
    await proxied.copy("a", "b");
    expect(await readText(files, "b")).toBe("content");
    expect(refusals).toBe(1);
  });

  it("creates a long file only once", async () => {
    const files = await newContainer(server(), { partMebibytes: 1 });
    const content = randomBytes(2 * MEBIBYTE + 1);
    await files.write("file", content, { ifAbsent: true });
    await expect(
      files.write("file", randomBytes(2 * MEBIBYTE + 1), { ifAbsent: true }),
    ).rejects.toMatchObject({
      code: "FILE_EXISTS",
    });
    expect(digest(await files.read("file"))).toBe(digest(content));
  });
});

async function containerWithSignature(
  server: TestServer,
  { permissions, expiredFor = -60_000 }: { readonly permissions: string; readonly expiredFor?: number },
): Promise<AzureBlobStorageContainer> {
  const { containerName } = await newContainer(server);
  const url = await serviceOf(server)
    .getContainerClient(containerName)
    .generateSasUrl({
      permissions: ContainerSASPermissions.parse(permissions),
      startsOn: new Date(Date.now() - 3_600_000),
      expiresOn: new Date(Date.now() - expiredFor),
    });
  const signature = new URL(url).search.slice(1);
  const connectionString = `BlobEndpoint=${server.url};SharedAccessSignature=${signature}`;
  const credentials = new AzureBlobStorageCredentials({ connectionString });
  return new AzureBlobStorageContainer({ containerName, credentials });
}

async function throughProxy(
  server: TestServer,
  { containerName }: AzureBlobStorageContainer,
  trouble: (asked: IncomingMessage) => Trouble | undefined,
): Promise<AzureBlobStorageContainer> {
  const { origin } = new URL(server.url);
  const proxy = await startProxy(origin, trouble);
  const connectionString = connectionStringOf(server).replaceAll(origin, proxy);
  const credentials = new AzureBlobStorageCredentials({ connectionString });
  return new AzureBlobStorageContainer({ containerName, credentials });
}

function digest(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}
