/** Flows whose history is a SQLite file, as it is for users, and what can go wrong with that file. */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { onTestFinished, type TestContext, vi } from "vitest";
import { closeEngines } from "../../src/api/connect.ts";
import { temporarySettings } from "../../src/settings/current-settings.ts";
import type { SettingOverrides } from "../../src/settings/settings.ts";

/** A directory of the test's own that goes when the test ends. */
export async function temporaryDirectory(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "sluice-bad-input-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return directory;
}

/** Runs `work` with its history in `home/sluice.db`, and closes that. */
export async function withHistoryIn<R>(
  home: string,
  work: () => Promise<R>,
  settings: SettingOverrides = {},
): Promise<R> {
  try {
    return await temporarySettings({ home, "history.mode": "sqlite", ...settings }, work);
  } finally {
    await closeEngines();
  }
}

/** What is written to standard error while the test runs, which is where warnings are told. */
export function standardError(): () => string {
  const written: string[] = [];
  const spy = vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    written.push(String(text));
    return true;
  });
  onTestFinished(() => spy.mockRestore());
  return () => written.join("");
}

const HOLDER = `
  import Database from "libsql";
  const database = new Database(process.argv[1]);
  database.exec("BEGIN IMMEDIATE");
  console.log("held");
  process.stdin.on("end", () => database.exec("COMMIT")).resume();
`;
const DRIVER_PACKAGE = fileURLToPath(new URL("../../../store", import.meta.url));

/** Has another process hold the file's lock for writing, until it is released. */
export async function lockedElsewhere(path: string): Promise<{ release: () => Promise<void> }> {
  const holder = spawn(process.execPath, ["--input-type=module", "--eval", HOLDER, path], {
    cwd: DRIVER_PACKAGE,
    stdio: ["pipe", "pipe", "inherit"],
  });
  const ended = once(holder, "exit");
  onTestFinished(() => void holder.kill("SIGKILL"));
  await once(holder.stdout, "data");
  return {
    release: async () => {
      holder.stdin.end();
      await ended;
    },
  };
}

/** A directory on a small file system of its own; skips the test where this user may not mount. */
export async function smallDisk(context: TestContext, sizeBytes: number): Promise<string> {
  if (process.platform !== "linux") context.skip("tmpfs is Linux's");
  const run = promisify(execFile);
  const path = await temporaryDirectory();
  try {
    await run("mount", ["-t", "tmpfs", "-o", `size=${sizeBytes}`, "tmpfs", path]);
  } catch (error) {
    context.skip(`this user may not mount: ${String(error)}`);
  }
  // Lazily: the driver keeps files open until its statements are collected.
  onTestFinished(async () => {
    await run("umount", ["--lazy", path]);
  });
  return path;
}
