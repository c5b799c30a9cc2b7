/** Homes and histories that cannot be used: told before any user code runs. */
import { chmod, mkdir, readFile, truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { flow } from "../../src/flows/flow.ts";
import { temporarySettings } from "../../src/settings/current-settings.ts";
import { task } from "../../src/tasks/task.ts";
import { temporaryDirectory, withHistoryIn } from "./sqlite-history.ts";

const isRoot = process.getuid?.() === 0;

/** What calling a flow gives in this home, and whether its function was called. */
async function callIn(home: string): Promise<{ error: unknown; wasCalled: boolean }> {
  let wasCalled = false;
  const run = flow({ name: "run" }, async () => {
    wasCalled = true;
  });
  const error = await withHistoryIn(home, () => run()).then(
    () => undefined,
    (reason: unknown) => reason,
  );
  return { error, wasCalled };
}

const unavailable = (message: RegExp) => ({
  name: "HistoryUnavailableError",
  code: "HISTORY_UNAVAILABLE",
  message: expect.stringMatching(message),
});

describe("a home that is a file", () => {
  it("refuses flows with its path and what to do", async () => {
    const home = join(await temporaryDirectory(), "home");
    await writeFile(home, "not a directory");
    const { error, wasCalled } = await callIn(home);
    expect(error).toMatchObject(
      unavailable(/home.*a file.*Make it writable, or keep the history elsewhere/su),
    );
    expect(wasCalled).toBe(false);
    expect(await readFile(home, "utf8")).toBe("not a directory");
  });

  it("refuses tasks that are called without a flow too", async () => {
    const home = join(await temporaryDirectory(), "home");
    await writeFile(home, "");
    const one = task({ name: "one" }, async () => 1);
    await expect(withHistoryIn(home, () => one())).rejects.toMatchObject(unavailable(/a file/u));
  });

  it("does not matter when nothing is kept", async () => {
    const home = join(await temporaryDirectory(), "home");
    await writeFile(home, "");
    const run = flow({ name: "run" }, async () => 1);
    expect(await temporarySettings({ home, "history.mode": "off" }, () => run())).toBe(1);
  });
});

describe("a home that cannot be written", () => {
  // Root may write everywhere.
  it.skipIf(isRoot)("refuses flows with its path", async () => {
    const parent = await temporaryDirectory();
    await chmod(parent, 0o500);
    const { error, wasCalled } = await callIn(join(parent, "home"));
    expect(error).toMatchObject(unavailable(/this user may not write there/u));
    expect(wasCalled).toBe(false);
    await chmod(parent, 0o700);
  });

  it("refuses flows when a part of its path is a file", async () => {
    const parent = await temporaryDirectory();
    await writeFile(join(parent, "file"), "");
    const { error } = await callIn(join(parent, "file", "deep", "home"));
    expect(error).toMatchObject(unavailable(/a part of its path is a file/u));
  });
});

describe("a history that is not one", () => {
  it.each([
    ["text", "hello ".repeat(1000)],
    ["binary data", Buffer.alloc(5000, 0xfe)],
  ])("refuses flows with its path and what to do, and stays as it is: %s", async (_, content) => {
    const home = await temporaryDirectory();
    const path = join(home, "sluice.db");
    await writeFile(path, content);
    const { error, wasCalled } = await callIn(home);
    expect(error).toMatchObject(unavailable(/sluice\.db is not a readable SQLite database.*Move the file/su));
    expect(wasCalled).toBe(false);
    expect(await readFile(path)).toEqual(Buffer.from(content));
  });

  it("refuses flows when it is a directory", async () => {
    const home = await temporaryDirectory();
    await mkdir(join(home, "sluice.db"));
    expect((await callIn(home)).error).toMatchObject(unavailable(/sluice\.db/u));
  });

  it("refuses flows when it was cut off", async () => {
    const home = await temporaryDirectory();
    expect((await callIn(home)).error).toBeUndefined();
    await truncate(join(home, "sluice.db"), 10_000);
    const { error, wasCalled } = await callIn(home);
    expect(error).toMatchObject(unavailable(/sluice\.db is not a readable SQLite database.*\.recover/su));
    expect(wasCalled).toBe(false);
  });

  it("is begun anew when the file is empty", async () => {
    const home = await temporaryDirectory();
    await writeFile(join(home, "sluice.db"), "");
    expect(await callIn(home)).toEqual({ error: undefined, wasCalled: true });
  });
});
