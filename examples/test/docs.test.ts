/** Code in README.md and docs/ is code of the examples. */
import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";

const root = new URL("../../", import.meta.url);
const pages = ["README.md", ...readdirSync(new URL("docs/", root)).map((name) => `docs/${name}`)];

/** TypeScript blocks with the file that the comment before them names. */
function blocksOf(page: string): { file: string | undefined; code: string }[] {
  const text = readFileSync(new URL(page, root), "utf8");
  return [...text.matchAll(/(?:<!-- (\S+) -->\n)?```ts\n([\s\S]*?)```/g)].map(([, file, code = ""]) => ({
    file,
    code,
  }));
}

/** Layout does not count: a page may break lines in other places. */
const normalized = (code: string): string => code.replace(/[\s,]+/g, "");

describe.each(pages)("%s", (page) => {
  it("has only TypeScript that is part of a file in examples", () => {
    for (const { file, code } of blocksOf(page)) {
      expect(file, `a block of ${page} names no file:\n${code}`).toBeDefined();
      const source = readFileSync(new URL(file as string, root), "utf8");
      expect(normalized(source), `${file} does not contain\n${code}`).toContain(normalized(code));
    }
  });
});
