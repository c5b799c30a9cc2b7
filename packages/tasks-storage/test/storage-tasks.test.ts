import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { flow, LocalFileSystem, MemoryFileSystem } from "@sluice/core";
import { type FlowHarness, flowHarness } from "@sluice/core/testing";
import { afterEach, describe, expect, expectTypeOf, it, onTestFinished, vi } from "vitest";
import { z } from "zod";
import {
  copyStorageFile,
  deleteStorageDirectory,
  deleteStorageFile,
  listStorageFiles,
  moveStorageFile,
  readStorageBytes,
  readStorageJson,
  readStorageText,
  signStorageUrl,
  syncStorageDirectory,
  writeStorageFile,
  writeStorageJson,
} from "../src/index.ts";
import { publish } from "./readme.ts";

// The first test loads everything.
vi.setConfig({ testTimeout: 30_000 });

afterEach(() => {
  vi.unstubAllEnvs();
});

describe("tasks for files", () => {
  it("write and read texts, bytes and typed JSON", async () => {
    const fileSystem = new MemoryFileSystem();
    const at = (path: string) => ({ fileSystem, path });
    const result = await inFlow(async () => {
      await writeStorageFile(at("a.txt"), "é");
      await writeStorageJson(at("a.json"), { n: "1" });
      const typed = await readStorageJson(at("a.json"), z.object({ n: z.coerce.number() }));
      expectTypeOf(typed).toEqualTypeOf<{ n: number }>();
      const mapped = await readStorageJson.map([at("a.json"), at("a.json")]);
      const futures = readStorageText.map(["a.txt"].map(at));
      return { typed, mapped, text: await futures, bytes: await readStorageBytes.submit(at("a.txt")) };
    });
    expect(result).toMatchObject({ typed: { n: 1 }, mapped: [{ n: "1" }, { n: "1" }], text: ["é"] });
    expect(Buffer.from(result.bytes).toString()).toBe("é");
  });

  it("copy, move, list and delete, between file systems that are given or named", async () => {
    const [memory, other] = [new MemoryFileSystem(), new MemoryFileSystem()];
    const result = await inFlow(
      async () => {
        await writeStorageFile({ fileSystem: "local-file-system/in", path: "d/a" }, "1");
        await copyStorageFile(
          { fileSystem: "local-file-system/in", path: "d/a" },
          { fileSystem: other, path: "d/b" },
        );
        await moveStorageFile(
          { fileSystem: "local-file-system/in", path: "d/a" },
          { fileSystem: other, path: "d/c" },
        );
        await deleteStorageFile({ fileSystem: other, path: "d/none" });
        const all = await listStorageFiles({ fileSystem: other, path: "d/" });
        const one = await listStorageFiles({ fileSystem: other, path: "" }, { limit: 1 });
        await deleteStorageDirectory({ fileSystem: other, path: "d" });
        const left = await listStorageFiles({ fileSystem: other, path: "" });
        return { all: all.map(({ path }) => path), one: one.length, left };
      },
      (harness) => harness.blocks.set("local-file-system/in", memory),
    );
    expect(result).toEqual({ all: ["d/b", "d/c"], one: 1, left: [] });
    expect((await memory.list()).files).toEqual([]);
  });

  it.each<[string, () => Promise<unknown>, RegExp]>([
    [
      "the root of all that is to be deleted",
      () => deleteStorageDirectory({ fileSystem: new MemoryFileSystem(), path: "/" }),
      /All of memory:.* would be deleted/,
    ],
    [
      "a file that is not there",
      () => readStorageText({ fileSystem: new MemoryFileSystem(), path: "a" }),
      /a.*memory:/,
    ],
    [
      "a file that is too long",
      () => readStorageBytes({ fileSystem: withFiles({ a: "12345" }), path: "a" }, { maxBytes: 4 }),
      /more than 4 bytes\. Raise maxBytes/,
    ],
    [
      "what is no JSON",
      () => readStorageJson({ fileSystem: withFiles({ a: "{" }), path: "a" }),
      /The file a in memory:.* is no JSON/,
    ],
    [
      "JSON that does not fit",
      () => readStorageJson({ fileSystem: withFiles({ a: "{}" }), path: "a" }, z.object({ n: z.number() })),
      /does not fit its schema: n:/,
    ],
    [
      "what has no JSON",
      () => writeStorageJson({ fileSystem: withFiles({}), path: "a" }, undefined),
      /has no JSON/,
    ],
    [
      "a file that is there already",
      () => writeStorageFile({ fileSystem: withFiles({ a: "1" }), path: "a" }, "2", { ifAbsent: true }),
      /a/,
    ],
    [
      "file systems without signed URLs",
      () => signStorageUrl({ fileSystem: withFiles({}), path: "a" }, { expiresInSeconds: 60 }),
      /does not support signed URLs/,
    ],
    [
      "blocks that are no file systems",
      () => readStorageText({ fileSystem: "secret/x", path: "a" }),
      /secret\/x is no file system/,
    ],
  ])("tell %s", async (_, work, words) => {
    await expect(inFlow(work, (harness) => harness.blocks.set("secret/x", { value: "y" }))).rejects.toThrow(
      words,
    );
  });

  it("sign URLs where there are some", async () => {
    const fileSystem = Object.assign(new MemoryFileSystem(), {
      signedUrl: async (path: string, { expiresInSeconds }: { readonly expiresInSeconds: number }) =>
        `https://x/${path}?${expiresInSeconds}`,
    });
    const url = await inFlow(() => signStorageUrl({ fileSystem, path: "a" }, { expiresInSeconds: 60 }));
    expect(url).toBe("https://x/a?60");
  });

  it("end with their run", async () => {
    const stopped = new AbortController();
    const fileSystem = Object.assign(new MemoryFileSystem(), {
      write: (_path: string, _content: unknown, { signal }: { readonly signal?: AbortSignal }) =>
        new Promise<void>((_, reject) => {
          signal?.addEventListener("abort", () => reject(signal.reason));
          stopped.abort(new Error("changed my mind"));
        }),
    });
    const stoppable = writeStorageFile.withOptions({ signal: stopped.signal });
    await expect(inFlow(() => stoppable({ fileSystem, path: "a" }, "1"))).rejects.toThrow("changed my mind");
  });
});

describe("a sync", () => {
  it("copies what is new or changed, and removes what is not in the source, if it is told so", async () => {
    const source = withFiles({
      "in/same": "1",
      "in/changed": "12",
      "in/new": "123",
      "in/x.tmp": "",
      other: "",
    });
    const target = withFiles({
      "out/same": "1",
      "out/changed": "1",
      "out/old": "1",
      "out/y.tmp": "",
      elsewhere: "",
    });
    const sync = (options: Parameters<typeof syncStorageDirectory>[2]) =>
      syncStorageDirectory({ fileSystem: source, path: "in/" }, { fileSystem: target, path: "out" }, options);
    const results = await inFlow(async () => [
      await sync({ ignore: ["*.tmp"], deleteOthers: true, isDryRun: true, compare: "size" }),
      await sync({ ignore: ["*.tmp"], compare: "size" }),
      await sync({ ignore: ["*.tmp"], compare: "size", deleteOthers: true }),
    ]);
    expect(results).toEqual([
      { copied: 2, deleted: 1, unchanged: 1, bytes: 5 },
      { copied: 2, deleted: 0, unchanged: 1, bytes: 5 },
      { copied: 0, deleted: 1, unchanged: 3, bytes: 0 },
    ]);
    const paths = (await target.list()).files.map(({ path }) => path);
    expect(paths.toSorted()).toEqual(["elsewhere", "out/changed", "out/new", "out/same", "out/y.tmp"]);
  });

  it("tells changes by time, or by content", async () => {
    const directory = await temporaryDirectory();
    const source = new LocalFileSystem({ basePath: join(directory, "source") });
    const target = new LocalFileSystem({ basePath: join(directory, "target") });
    await source.write("a", "1");
    const sync = (compare: "time" | "content") =>
      syncStorageDirectory({ fileSystem: source, path: "" }, { fileSystem: target, path: "" }, { compare });
    const copied = await inFlow(async () => {
      const counts = [(await sync("time")).copied, (await sync("time")).copied];
      await target.write("a", "2");
      counts.push(
        (await sync("time")).copied,
        (await sync("content")).copied,
        (await sync("content")).copied,
      );
      return counts;
    });
    expect(copied).toEqual([1, 0, 0, 1, 0]);
  });

  it("refuses directories of which one is in the other", async () => {
    const fileSystem = withFiles({ a: "1" });
    for (const [from, to] of [
      ["", "copy"],
      ["d/e", "d"],
      ["d", "d/"],
    ] as const) {
      const sync = () => syncStorageDirectory({ fileSystem, path: from }, { fileSystem, path: to });
      await expect(inFlow(sync)).rejects.toThrow("one is in the other");
    }
  });

  it("stops at its first failure", async () => {
    const source = withFiles(
      Object.fromEntries(Array.from({ length: 50 }, (_, index) => [`f${index}`, "1"])),
    );
    let writes = 0;
    const target = Object.assign(new MemoryFileSystem(), {
      write: async () => {
        writes += 1;
        throw new Error("the disk is full");
      },
    });
    const sync = () =>
      syncStorageDirectory(
        { fileSystem: source, path: "" },
        { fileSystem: target, path: "" },
        { concurrency: 2 },
      );
    await expect(inFlow(sync)).rejects.toThrow("the disk is full");
    expect(writes).toBeLessThanOrEqual(2);
  });

  it("does what the README says", async () => {
    const directory = await temporaryDirectory();
    const [site, www] = [join(directory, "site"), join(directory, "www")];
    await mkdir(site);
    await mkdir(www);
    await writeFile(join(site, "settings.json"), '{"title":"Trips"}');
    await writeFile(join(www, "old.html"), "");
    vi.stubEnv("SLUICE_BLOCK_LOCAL_FILE_SYSTEM__SITE", JSON.stringify({ basepath: site }));
    vi.stubEnv("SLUICE_BLOCK_LOCAL_FILE_SYSTEM__WWW", JSON.stringify({ basepath: www }));
    await using harness = flowHarness();
    const { state } = await harness.run(publish);
    expect(await state.result()).toEqual({ copied: 1, deleted: 1, unchanged: 0, bytes: 14 });
    expect(await readdir(www)).toEqual(["index.html"]);
    expect(harness.logs.map(({ message }) => message)).toContainEqual(
      expect.stringContaining("Directory synced"),
    );
    const [readme, example] = await Promise.all(
      ["../README.md", "readme.ts"].map((path) => readFile(new URL(path, import.meta.url), "utf8")),
    );
    expect(readme).toContain(`\`\`\`ts\n${example}\`\`\``);
  });
});

/** The result of a flow of its own; rejects with what it failed with. */
async function inFlow<T>(work: () => Promise<T>, prepare?: (harness: FlowHarness) => unknown): Promise<T> {
  await using harness = flowHarness({ clock: "real" });
  prepare?.(harness);
  const { state } = await harness.run(flow({ name: "one" }, work));
  return (await state.result()) as T;
}

function withFiles(files: Readonly<Record<string, string>>): MemoryFileSystem {
  const fileSystem = new MemoryFileSystem();
  for (const [path, content] of Object.entries(files)) void fileSystem.write(path, content);
  return fileSystem;
}

async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "sluice-tasks-storage-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}
