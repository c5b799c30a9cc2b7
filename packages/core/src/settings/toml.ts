/** The TOML library, loaded at the moment a file of profiles is read or written: importing core must stay cheap. */
import { createRequire } from "node:module";
import type { TomlTable, TomlValue } from "smol-toml";

export type { TomlTable, TomlValue };

/** A table of a TOML file, whole numbers as `bigint` and all others as `number`, so that writing gives back each kind. */
export function parseToml(text: string): TomlTable {
  return loadLibrary().parse(text, { integersAsBigInt: true });
}

/** The text of a table that came from `parseToml`. */
export function formatToml(table: TomlTable): string {
  return loadLibrary().stringify(table, { numbersAsFloat: true });
}

/** Where `parseToml` stopped, when `error` is of its making. */
export function tomlErrorPosition(
  error: unknown,
): { readonly line: number; readonly column: number; readonly problem: string } | undefined {
  if (!(error instanceof loadLibrary().TomlError)) return undefined;
  // The rest of the library's message is the text around the place, which may be a key.
  const problem = (error.message.split("\n")[0] ?? "").replace(/^Invalid TOML document: /, "");
  return { line: error.line, column: error.column, problem };
}

/** Whether a TOML value is a table. */
export function isTomlTable(value: unknown): value is TomlTable {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Date);
}

function loadLibrary(): typeof import("smol-toml") {
  return createRequire(import.meta.url)("smol-toml");
}
