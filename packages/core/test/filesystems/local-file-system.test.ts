import { execFile } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { listFiles, readText } from "../../src/filesystems/file-operations.ts";
import { LocalFileSystem } from "../../src/filesystems/local-file-system.ts";

const run = promisify(execFile);

let directory: string;
let root: string;
let fileSystem: LocalFileSystem;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), "local-file-system-"));
  root = join(directory, "root");
  await mkdir(root);
  fileSystem = new LocalFileSystem({ basePath: root });
});

afterEach(() => rm(directory, { recursive: true }));

async function pathsOf(prefix = ""): Promise<string[]> {
  const paths: string[] = [];
  for await (const { path } of listFiles(fileSystem, { prefix })) paths.push(path);
  return paths;
}

describe("the directory", () => {
  it("may be in the home directory or relative to the working directory", () => {
    expect(new LocalFileSystem({ basePath: "~/results" }).basePath).toBe(join(homedir(), "results"));
    expect(new LocalFileSystem({ basePath: "results" }).basePath).toBe(join(process.cwd(), "results"));
    expect(new LocalFileSystem({ basePath: "/a b" }).location).toBe("file:///a%20b");
  });

  it("is empty as long as it does not exist", async () => {
    const absent = new LocalFileSystem({ basePath: join(directory, "absent") });
    expect(await absent.list()).toMatchObject({ files: [], directories: [] });
    await expect(absent.read("x")).rejects.toMatchObject({ code: "FILE_NOT_FOUND" });
    await absent.delete("x");
  });

  it("may itself be a symbolic link", async () => {
    await symlink(root, join(directory, "link"));
    const linked = new LocalFileSystem({ basePath: join(directory, "link") });
    await linked.write("a/b", "x");
    expect(await readText(fileSystem, "a/b")).toBe("x");
  });
});

describe("symbolic links", () => {
  beforeEach(async () => {
    await mkdir(join(directory, "outside"));
    await writeFile(join(directory, "outside", "secret"), "secret");
  });

  it("are refused when they lead out of the root", async () => {
    await symlink(join(directory, "outside"), join(root, "way-out"));
    await symlink(join(directory, "outside", "secret"), join(root, "file-out"));
    const refusal = { code: "PATH_OUTSIDE_ROOT", message: expect.stringContaining("symbolic link") };
    await expect(fileSystem.read("way-out/secret")).rejects.toMatchObject(refusal);
    await expect(fileSystem.read("file-out")).rejects.toMatchObject(refusal);
    await expect(fileSystem.stat("file-out")).rejects.toMatchObject(refusal);
    await expect(
      fileSystem.readStream("way-out/secret")[Symbol.asyncIterator]().next(),
    ).rejects.toMatchObject(refusal);
    await expect(fileSystem.write("way-out/new/file", "x")).rejects.toMatchObject(refusal);
    await expect(fileSystem.delete("way-out/secret")).rejects.toMatchObject(refusal);
    await expect(fileSystem.copy("file-out", "copy")).rejects.toMatchObject(refusal);
    expect(await pathsOf()).toEqual([]);
    expect(await pathsOf("way-out/")).toEqual([]);
    expect(await readdir(join(directory, "outside"))).toEqual(["secret"]);
  });

  it("that dangle out of the root make no directory there", async () => {
    await symlink(join(directory, "nowhere"), join(root, "dangling"));
    await expect(fileSystem.write("dangling/file", "x")).rejects.toMatchObject({ code: "FILE_SYSTEM" });
    expect(await readdir(directory)).not.toContain("nowhere");
  });

  it("are replaced by a write and removed by a delete, not followed", async () => {
    await symlink(join(directory, "outside", "secret"), join(root, "file-out"));
    await fileSystem.write("file-out", "new");
    expect(await readText(fileSystem, "file-out")).toBe("new");
    await symlink(join(directory, "outside", "secret"), join(root, "another"));
    await fileSystem.delete("another");
    expect(await readFile(join(directory, "outside", "secret"), "utf8")).toBe("secret");
    expect(await pathsOf()).toEqual(["file-out"]);
  });

  it("that stay inside work as files and are not followed by listings as directories", async () => {
    await fileSystem.write("data/file", "x");
    await symlink(join(root, "data", "file"), join(root, "linked-file"));
    await symlink(join(root, "data"), join(root, "data", "loop"));
    expect(await readText(fileSystem, "linked-file")).toBe("x");
    expect(await pathsOf()).toEqual(["data/file", "linked-file"]);
  });
});

describe("paths through files", () => {
  beforeEach(() => fileSystem.write("file", "x"));

  it("are missing to a reader", async () => {
    await expect(fileSystem.read("file/below")).rejects.toMatchObject({ code: "FILE_NOT_FOUND" });
    await fileSystem.delete("file/below");
    expect(await pathsOf("file/")).toEqual([]);
  });

  it.each(["file/below", "file/far/below"])("cannot be written: %s", async (path) => {
    await expect(fileSystem.write(path, "x")).rejects.toMatchObject({
      code: "FILE_SYSTEM",
      message: expect.stringContaining("a part of the path is a file"),
    });
  });

  it("cannot be written where a directory is, and nothing is left behind", async () => {
    await fileSystem.write("directory/file", "x");
    await expect(fileSystem.write("directory", "x")).rejects.toMatchObject({ code: "FILE_SYSTEM" });
    expect((await readdir(root)).sort()).toEqual(["directory", "file"]);
  });

  it("with a part that is too long are explained", async () => {
    await expect(fileSystem.write("n".repeat(300), "x")).rejects.toMatchObject({
      code: "FILE_SYSTEM",
      message: expect.stringContaining("255 bytes"),
    });
  });
});

describe("a write that ends on the disk", () => {
  it("gives the same content", async () => {
    const synced = new LocalFileSystem({ basePath: root, sync: true });
    await synced.write("a/b", "x");
    await synced.write("a/c", "y", { ifAbsent: true });
    expect(await readText(synced, "a/b")).toBe("x");
    expect(await pathsOf()).toEqual(["a/b", "a/c"]);
  });
});

/** Runs the work on a mounted tmpfs of 1 MiB; only root may mount. */
async function onSmallDisk(
  work: (disk: LocalFileSystem, mountPoint: string) => Promise<void>,
): Promise<boolean> {
  const mountPoint = join(directory, "disk");
  await mkdir(mountPoint);
  try {
    await run("mount", ["-t", "tmpfs", "-o", "size=1m", "tmpfs", mountPoint]);
  } catch {
    return false;
  }
  try {
    await work(new LocalFileSystem({ basePath: mountPoint }), mountPoint);
  } finally {
    await run("umount", [mountPoint]);
  }
  return true;
}

describe("a disk that fails", () => {
  it("is said to be full, keeps the old content and no part of the new", async (context) => {
    const isMounted = await onSmallDisk(async (disk, mountPoint) => {
      await disk.write("file", "old");
      await expect(disk.write("file", Buffer.alloc(2 * 1024 * 1024))).rejects.toMatchObject({
        code: "FILE_SYSTEM",
        message: expect.stringContaining("the disk is full"),
        details: { systemCode: "ENOSPC", path: "file" },
      });
      expect(await readText(disk, "file")).toBe("old");
      expect(await readdir(mountPoint)).toEqual(["file"]);
    });
    context.skip(!isMounted, "only root may mount a small disk");
  });

  it("is said to be read-only", async (context) => {
    const isMounted = await onSmallDisk(async (disk, mountPoint) => {
      await disk.write("file", "old");
      await run("mount", ["-o", "remount,ro", mountPoint]);
      const denial = { code: "FILE_ACCESS_DENIED", message: expect.stringContaining("mounted read-only") };
      await expect(disk.write("file", "new")).rejects.toMatchObject(denial);
      await expect(disk.write("new/file", "new")).rejects.toMatchObject(denial);
      await expect(disk.delete("file")).rejects.toMatchObject(denial);
      expect(await readText(disk, "file")).toBe("old");
    });
    context.skip(!isMounted, "only root may mount a small disk");
  });
});
