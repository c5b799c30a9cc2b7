/** Something that must be freed whatever happens: a directory that exists only while the flow needs it. */
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { flow, resource, runLogger, task } from "@sluice/core";
import { z } from "zod";

// Set-up and clean-up are task runs of their own: recorded, and with retries if they are given some. The clean-up runs
// also when the flow fails, times out or is cancelled.
const scratchDirectory = resource({
  name: "scratch-directory",
  setup: async (prefix: string): Promise<string> => mkdtemp(join(tmpdir(), prefix)),
  cleanup: async (directory: string): Promise<void> => {
    runLogger().info("Removing the directory", { directory });
    await rm(directory, { recursive: true });
  },
  cleanupOptions: { retries: 2 },
});

const writePart = task({ name: "write-part" }, async (directory: string, part: number): Promise<void> => {
  await writeFile(join(directory, `part-${part}.txt`), "x".repeat(part));
});

const parameters = z.object({
  parts: z.number().int().positive().default(3).describe("How many files to write"),
});

export const assembling = flow({ name: "assembling", parameters }, async ({ parts }) => {
  return scratchDirectory.use(["sluice-example-"], async (directory) => {
    for (let part = 1; part <= parts; part += 1) await writePart(directory, part);
    return { directory, files: await readdir(directory) };
  });
});
