/** Scripts whose values reach the shell apart from the text, so that no value can be taken for a part of it. */
import { Secret } from "@sluice/core";
import { InvalidRequestError } from "@sluice/protocol";

/** Made by `sh`. */
export interface ShellScript {
  readonly script: string;
  /** The values, as variables that the script reads. */
  readonly variables: Readonly<Record<string, string | Secret>>;
  /** For people: with the values in their places, and secrets hidden. */
  readonly shown: string;
}

/** What a script is written with: lists become several words. */
export type ShellValue = string | number | bigint | boolean | Secret | readonly (string | number | Secret)[];

/** Before the number of a value, in the names of variables. */
const VARIABLE = "sluice_value_";

/**
 * A script for a POSIX shell. Values may be any text: the script reads them from variables, so they are single words, whatever
 * is in them, and secrets are not seen in lists of processes.
 *
 * ```ts
 * await runShell(sh`curl -sf -H ${`Authorization: Bearer ${token.reveal()}`} ${url} | gzip > ${path}`);
 * ```
 *
 * @throws {InvalidRequestError} when a value is none of these, or has a NUL character
 */
export function sh(parts: TemplateStringsArray, ...values: readonly ShellValue[]): ShellScript {
  const variables: Record<string, string | Secret> = {};
  let script = parts.raw[0] ?? "";
  let shown = script;
  for (const [index, value] of values.entries()) {
    const words = (Array.isArray(value) ? value : [value]) as readonly ShellValue[];
    const names = words.map((word) => {
      const name = `${VARIABLE}${Object.keys(variables).length + 1}`;
      variables[name] = checkedWord(word, index + 1);
      return name;
    });
    const rest = parts.raw[index + 1] ?? "";
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the shell's own braces, which end the name
    script += names.map((name) => '"${name}"'.replace("name", name)).join(" ") + rest;
    shown += names.map((name) => shownWord(variables[name] ?? "")).join(" ") + rest;
  }
  return { script, variables, shown };
}

function checkedWord(value: unknown, position: number): string | Secret {
  const text: unknown = value instanceof Secret ? value.reveal() : value;
  if (!["string", "number", "bigint", "boolean"].includes(typeof text)) {
    throw new InvalidRequestError(
      `Value ${position} of a script is ${text === null ? "null" : `of the type ${typeof text}`}. Give a text, a number or a list of them.`,
    );
  }
  if (String(text).includes("\0")) {
    throw new InvalidRequestError(
      `Value ${position} of a script has a NUL character, which no program can get.`,
    );
  }
  return value instanceof Secret ? value : String(text);
}

/** As a person would write it in a shell. */
export function shownWord(word: string | Secret): string {
  const text = String(word);
  return /^[\w@%+=:,./-]+$/.test(text) || word instanceof Secret
    ? text
    : `'${text.replaceAll("'", "'\\''")}'`;
}
