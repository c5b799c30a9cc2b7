/** Steps that take effect together or not at all: a file is written, the check after it fails, and the file is gone. */
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { currentTransaction, flow, runLogger, task, transaction } from "@sluice/core";
import { z } from "zod";

const publish = task(
  {
    name: "publish",
    // Called if the transaction fails after this task completed.
    onRollback: async (undone) => {
      const path = String(undone.get("path"));
      runLogger().warn("Taking back what was published", { path });
      await rm(path);
    },
  },
  async (directory: string, text: string): Promise<string> => {
    const path = join(directory, "page.txt");
    currentTransaction()?.set("path", path); // what the roll-back needs to know
    await mkdir(directory, { recursive: true });
    await writeFile(path, text);
    return path;
  },
);

const proofread = task({ name: "proofread" }, async (text: string): Promise<void> => {
  if (text.includes("teh")) throw new Error("There is a typing error: teh");
});

const parameters = z.object({
  directory: z.string().default("reports/published").describe("Where the page is put"),
  text: z.string().default("Read teh news").describe("What the page says"),
});

export const publishing = flow({ name: "publishing", parameters }, async ({ directory, text }) => {
  return transaction(async () => {
    const path = await publish(directory, text);
    await proofread(text); // throws: the transaction is rolled back, and the flow fails
    return path;
  });
});
