import { readdir } from "node:fs/promises";
import { closeEngines, temporarySettings } from "@sluice/core";
import { afterAll, describe, expect, it } from "vitest";
import { countingPrimes } from "../src/cpu-work.ts";
import { assembling } from "../src/resources.ts";
import { publishing } from "../src/transactions.ts";
import { temporaryDirectory } from "./temporary-directory.ts";

afterAll(() => closeEngines());

/** Runs with a history in memory, and quietly. */
function quietly<R>(work: () => Promise<R>): Promise<R> {
  return temporarySettings({ "history.mode": "memory", "logging.to_terminal": false }, work);
}

describe("transactions", () => {
  it("leave nothing of a page that is not published, and all of one that is", async () => {
    const directory = await temporaryDirectory();
    await expect(quietly(() => publishing({ directory }))).rejects.toThrow("There is a typing error: teh");
    expect(await readdir(directory)).toEqual([]);
    await quietly(() => publishing({ directory, text: "Read the news" }));
    expect(await readdir(directory)).toEqual(["page.txt"]);
  });
});

describe("resources", () => {
  it("are there while they are used and freed afterwards", async () => {
    const { directory, files } = await quietly(() => assembling({ parts: 2 }));
    expect(files).toEqual(["part-1.txt", "part-2.txt"]);
    await expect(readdir(directory)).rejects.toThrow("ENOENT");
  });
});

describe("CPU work", () => {
  it("counts primes in threads", { timeout: 60_000 }, async () => {
    expect(await quietly(() => countingPrimes({ below: 10_000, parts: 4 }))).toBe(1229);
  });
});
