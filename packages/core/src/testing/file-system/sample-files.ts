/** The files that are read, listed and written by tests, and their paths. */
import { createHash } from "node:crypto";
import { MEBIBYTE } from "./place.ts";

export interface SampleFile {
  readonly path: string;
  readonly content: Uint8Array;
}

/** Names that a place may confuse with its own syntax: URLs, XML, JSON, shells, patterns, hidden files. */
export const ODD_PATHS: readonly string[] = [
  "with space.txt",
  " leading and trailing space ",
  "two  spaces",
  "ünïcödé-数据-🚀.txt",
  "100%25 done%.txt",
  "%2e%2e/%2F/percent",
  "plus+plus c++.txt",
  "#hash#",
  "?query=1&more=2",
  "a'b\"c&d=e+f?g#h;i,j.txt",
  "<xml>&amp;</xml>",
  "{braces} [brackets] (round) $dollar @at !bang ~tilde ^caret `tick`",
  "*star|pipe:colon",
  ".leading-dot",
  "..leading-dots",
  "...",
  "-dash",
  "tab\tinside",
  "new\nline",
  "deep/er/and/deeper/file",
  "trailing.dots.json.gz",
  "trailing dot.",
];

export interface OddPaths {
  readonly kept: readonly string[];
  /** What the place cannot keep, and therefore has to refuse. */
  readonly refused: readonly string[];
}

/** Paths that lead out of the root, or name no file. */
export const ESCAPES: readonly string[] = [
  "../x",
  "a/../../x",
  "a/..",
  "/etc/passwd",
  "",
  ".",
  "a/",
  "a\0b",
  "..\\x",
  "C:\\x",
  "C:/x",
  "\ud800",
];

/** Files whose order by path differs from the order of a walk through directories. */
export const TREE: readonly string[] = ["a.txt", "a/1", "a/2", "a/b/3", "a0", "z"];

export const TEXT = "naïve 🚀";
/** Two mebibytes that never repeat. */
export const LONG_CONTENT: Uint8Array = unrepeatedBytes(2 * MEBIBYTE);

/** What the reading half of the suite finds. */
export function sampleFiles(oddPaths: readonly string[]): readonly SampleFile[] {
  const texts: Readonly<Record<string, string>> = {
    "text.txt": TEXT,
    empty: "",
    digits: "0123456789",
    "directory/file": "x",
    ...Object.fromEntries(TREE.map((path) => [`tree/${path}`, path])),
    ...Object.fromEntries(oddPaths.map((path) => [`odd/${path}`, path])),
  };
  const files = Object.entries(texts).map(([path, text]) => ({ path, content: Buffer.from(text) }));
  return [...files, { path: "long", content: LONG_CONTENT }];
}

function unrepeatedBytes(bytes: number): Uint8Array {
  const blocks = Array.from({ length: Math.ceil(bytes / 32) }, (_, index) =>
    createHash("sha256").update(String(index)).digest(),
  );
  return Buffer.concat(blocks, bytes);
}
