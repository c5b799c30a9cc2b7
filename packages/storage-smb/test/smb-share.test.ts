import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { putDirectory, readText } from "@sluice/core";
import { fileSystemSuite } from "@sluice/core/testing";
import { describeWithServer } from "@sluice-internal/test-servers";
import { describe, expect, it, onTestFinished } from "vitest";
import { SmbShare } from "../src/index.ts";
import { impossibleReason } from "../src/share-path.ts";
import { shareOf } from "./share.ts";
import { tamperingProxy } from "./tampering-proxy.ts";

const MEBIBYTE = 1024 * 1024;

describeWithServer(
  "samba",
  (server) => {
    fileSystemSuite({
      name: "A share that has to be signed and cannot be encrypted, below a directory",
      create: () => shareOf(server(), { sharePath: "\\share\\data/flows/" }),
      dispose: async (share) => (share as SmbShare).close(),
      refuses: (path) => impossibleReason(path) !== undefined,
      largeFileBytes: 16 * MEBIBYTE,
    });

    it("notices that a signed response was changed", async () => {
      const proxy = await tamperingProxy(server().url);
      const share = shareOf(server(), { smbPort: proxy.port });
      await share.write("file", "x".repeat(1000));
      proxy.tamper = (chunk) => Buffer.from(chunk.map((byte) => (byte === 0x78 ? 0x79 : byte)));
      await expect(share.read("file")).rejects.toMatchObject({
        code: "FILE_SYSTEM",
        message: expect.stringContaining("wrong signature"),
      });
    });
  },
  { signing: true, encryption: "off" },
);

describeWithServer("samba", (server) => {
  const open = (fields: Parameters<typeof shareOf>[1] = {}) => {
    const share = shareOf(server(), fields);
    onTestFinished(() => share.close());
    return share;
  };

  it("encrypts where the server can", async () => {
    const proxy = await tamperingProxy(server().url);
    const seen: Buffer[] = [];
    proxy.tamper = (chunk) => {
      seen.push(chunk);
      return chunk;
    };
    const share = open({ smbPort: proxy.port });
    await share.write("secret.txt", "nobody reads this");
    expect(await readText(share, "secret.txt")).toBe("nobody reads this");
    expect(Buffer.concat(seen).includes("nobody reads this")).toBe(false);
    expect(Buffer.concat(seen).includes(Buffer.from("secret.txt", "utf16le"))).toBe(false);
  });

  it("notices that somebody changes the negotiation, or an encrypted response", async () => {
    const proxy = await tamperingProxy(server().url);
    let changed = 0;
    // The time in the server's first answer, which nothing else depends on.
    proxy.tamper = (chunk) => {
      changed += 1;
      const copy = Buffer.from(chunk);
      if (changed === 1) copy.writeUInt8(copy.readUInt8(4 + 64 + 40) ^ 1, 4 + 64 + 40);
      return copy;
    };
    await expect(open({ smbPort: proxy.port }).list()).rejects.toMatchObject({
      message: expect.stringMatching(/changed|ACCESS_DENIED|closed/),
    });
    proxy.tamper = undefined;
    const share = open({ smbPort: proxy.port });
    await share.write("file", "x");
    proxy.tamper = (chunk) => Buffer.concat([chunk.subarray(0, -1), Buffer.from([(chunk.at(-1) ?? 0) ^ 1])]);
    await expect(share.read("file")).rejects.toThrow("changed on its way");
  });

  it("connects again when the connection broke, and not in the middle of a write", async () => {
    const proxy = await tamperingProxy(server().url);
    const share = open({ smbPort: proxy.port });
    await share.write("file", "old");
    proxy.cut();
    expect(await readText(share, "file")).toBe("old");
    expect(proxy.connections).toBe(2);
    async function* cutInTheMiddle(): AsyncGenerator<Uint8Array> {
      yield Buffer.alloc(2 * MEBIBYTE);
      proxy.cut();
      yield Buffer.alloc(2 * MEBIBYTE);
    }
    await expect(share.write("file", cutInTheMiddle())).rejects.toMatchObject({ code: "FILE_SYSTEM" });
    expect(await readText(share, "file")).toBe("old");
    expect((await share.list()).files.map(({ path }) => path).filter((path) => path.includes("tmp"))).toEqual(
      [],
    );
  });

  it("has one connection for all who begin at once", async () => {
    const proxy = await tamperingProxy(server().url);
    const share = open({ smbPort: proxy.port });
    await Promise.all(Array.from({ length: 10 }, (_, index) => share.write(`at-once/${index}`, "x")));
    expect((await share.list({ prefix: "at-once/" })).files).toHaveLength(10);
    expect(proxy.connections).toBe(1);
  });

  it("says that the account may not write", async () => {
    const share = open({ sharePath: "/readonly" });
    await expect(share.write("file", "x")).rejects.toMatchObject({
      code: "FILE_ACCESS_DENIED",
      message: expect.stringContaining("Give the account of smb the permission"),
    });
    expect((await share.list()).files).toEqual([]);
  });

  it("replaces a file that others read all the time, and no directory", async () => {
    const [writer, reader] = [open(), open()];
    await writer.write("busy/file", "0");
    let isWriting = true;
    const reading = (async () => {
      while (isWriting) expect(await readText(reader, "busy/file")).toMatch(/^\d$/);
    })();
    for (let round = 1; round < 6; round += 1) await writer.write("busy/file", String(round));
    isWriting = false;
    await reading;
    await expect(writer.write("busy", "x")).rejects.toMatchObject({ code: "FILE_SYSTEM" });
    await expect(writer.write("busy/file/below", "x")).rejects.toMatchObject({ code: "FILE_SYSTEM" });
  });

  it("brings a tree to a directory", async () => {
    const share = open();
    const local = await mkdtemp(join(tmpdir(), "smb-pull-"));
    onTestFinished(() => rm(local, { recursive: true }));
    await putDirectory(import.meta.dirname, { fileSystem: share, path: "code" });
    await share.pull(local, { path: "code" });
    expect((await readdir(local)).sort()).toEqual((await readdir(import.meta.dirname)).sort());
    expect(await readFile(join(local, "share.ts"))).toEqual(
      await readFile(join(import.meta.dirname, "share.ts")),
    );
  });

  it("takes a name with its domain", async () => {
    const name = `SLUICETEST\\${server().env["SMB_USERNAME"]}`;
    expect((await open({ smbUsername: name }).list({ prefix: "none/" })).files).toEqual([]);
  });
});

describe("a share", () => {
  it("does not show its secrets, nor connect as a guest", async () => {
    const fields = { smbHost: "files.acme.example", sharePath: "/data/flows" };
    const share = new SmbShare({ ...fields, smbUsername: "ada", smbPassword: "a-password" });
    expect(share.location).toBe("smb://files.acme.example/data/flows");
    expect(inspect(share)).not.toContain("a-password");
    await expect(new SmbShare(fields).list()).rejects.toMatchObject({
      code: "FILE_ACCESS_DENIED",
      message: expect.stringContaining("has no smbUsername and smbPassword"),
    });
  });

  it.each([
    { sharePath: "/", smbHost: "files" },
    { sharePath: "/data/../other", smbHost: "files" },
    { sharePath: "/data", smbHost: "user@files" },
  ])("cannot be at %j", (fields) => {
    expect(() => new SmbShare(fields)).toThrow("Expected");
  });
});
