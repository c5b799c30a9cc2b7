/** The options by which the fields of a block are given. What is wrong is said without values, which may be secrets. */
import { readFile } from "node:fs/promises";
import { type BlockConstructor, findWrittenField } from "@sluice/core/blocks";
import { InvalidRequestError } from "@sluice/protocol";
import type { Command } from "commander";
import type { InputStream } from "../output/terminal.ts";

type Fields = Readonly<Record<string, unknown>>;

/** What commander makes of them. */
export interface FieldOptions {
  /** JSON, `@` and a file, or `-` for standard input. */
  readonly data?: string;
  /** Texts `field=value`. */
  readonly set?: readonly string[];
}

/** Adds `--data` and `--set` to a command. */
export function addFieldOptions(command: Command): Command {
  return command
    .option("--data <json>", "the fields as a JSON object, @file.json, or - for standard input")
    .option(
      "--set <field=value>",
      "a field; repeatable. Others can see a secret given so in the list of processes",
      (text: string, previous: readonly string[] = []) => [...previous, text],
    );
}

/** The fields that the options give; those of `--set` come before those of `--data`. */
export async function givenFields(
  type: BlockConstructor,
  { data, set = [] }: FieldOptions,
  stdin: InputStream | undefined,
): Promise<Fields> {
  const object = data === undefined ? {} : parseObject(await textOf(data, stdin), data);
  return { ...object, ...Object.fromEntries(set.map((text) => assignment(type, text))) };
}

function assignment(type: BlockConstructor, text: string): readonly [name: string, value: unknown] {
  const equals = text.indexOf("=");
  if (equals < 1) throw new InvalidRequestError("--set takes field=value.");
  const [name, value] = [text.slice(0, equals), text.slice(equals + 1)];
  const field = findWrittenField(type, name);
  return field === undefined ? [name, value] : [field.name, field.parse(value)];
}

async function textOf(data: string, stdin: InputStream | undefined): Promise<string> {
  if (data === "-") {
    if (stdin === undefined) throw new InvalidRequestError("There is no standard input to read --data from.");
    const chunks: Buffer[] = [];
    for await (const chunk of stdin) chunks.push(Buffer.from(chunk));
    return Buffer.concat(chunks).toString("utf8");
  }
  if (!data.startsWith("@")) return data;
  try {
    return await readFile(data.slice(1), "utf8");
  } catch (cause) {
    const words = cause instanceof Error ? cause.message : String(cause);
    throw new InvalidRequestError(`The file of --data cannot be read: ${words}.`, { cause });
  }
}

function parseObject(text: string, source: string): Fields {
  const value = parsed(text);
  if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  const what = source.startsWith("@") ? source.slice(1) : source === "-" ? "Standard input" : "--data";
  throw new InvalidRequestError(`${what} is not a JSON object. Write it as {"field": "value"}.`);
}

/** The engine's words about bad JSON would show part of it. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
