import { readFile } from "node:fs/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { COMMANDS } from "../src/commands.ts";
import { type CommandWords, commandWords } from "../src/completion/command-words.ts";

const PAGES = ["../../../docs/command.md", "../README.md"];

let words: readonly CommandWords[];

beforeAll(async () => {
  const nowhere = { write: () => true };
  words = await commandWords(COMMANDS, { stdout: nowhere, stderr: nowhere, env: {} });
});

/** The command lines that a page shows in blocks of shell commands. */
async function commandLines(page: string): Promise<readonly string[]> {
  const text = await readFile(new URL(page, import.meta.url), "utf8");
  const blocks = [...text.matchAll(/^```sh\n(.*?)^```/gmsu)].map(([, block = ""]) => block);
  return blocks.flatMap((block) =>
    block
      .split(/\n|&&|\|/u)
      .map((line) =>
        line
          .trim()
          .replace(/^\$ /u, "")
          .replace(/ {2,}#.*$/u, ""),
      )
      .filter((line) => line.startsWith("sluice ")),
  );
}

/** The options of a command line that its command does not have, and the command if it does not exist. */
function unknownWords(line: string): readonly string[] {
  const parts = line.split(/\s+/u).slice(1);
  let known = words.find(({ path }) => path === "");
  let used = 0;
  for (const word of parts) {
    const next = words.find(({ path }) => path === [known?.path, word].filter(Boolean).join(" "));
    if (next === undefined) break;
    known = next;
    used += 1;
  }
  if (used === 0) return [line];
  const options = new Set([...(known?.options ?? []), "--profile"]);
  return parts.filter((word) => word.startsWith("--") && !options.has(word.split("=")[0] ?? ""));
}

describe("the documentation of the command", () => {
  it.each(PAGES)("shows only commands and options that there are (%s)", async (page) => {
    const lines = await commandLines(page);
    expect(lines.length).toBeGreaterThan(5);
    expect(lines.flatMap(unknownWords)).toEqual([]);
  });

  it("would notice others", () => {
    expect(unknownWords("sluice deployment run a/b --wtach")).toEqual(["--wtach"]);
    expect(unknownWords("sluice deploymnt ls")).toEqual(["sluice deploymnt ls"]);
  });
});
