import { readFile } from "node:fs/promises";

/** The lines of a file that tasks wrote. */
export async function linesOf(path: string): Promise<string[]> {
  const text = await readFile(path, "utf8");
  return text.split("\n").filter((line) => line !== "");
}
