/** The fields of a block type for those who write them as text: at a terminal, in a form. */
import { z } from "zod";
import type { BlockConstructor } from "./block-field.ts";
import { definitionOf } from "./block-fields.ts";
import { formsOf } from "./field-forms.ts";
import { isSecretField } from "./secret-field.ts";
import { wireName } from "./wire-names.ts";

export interface WrittenField {
  readonly name: string;
  readonly description: string | undefined;
  readonly isSecret: boolean;
  /** Whether a block cannot be made without it. */
  readonly isRequired: boolean;
  /** Whether it holds another block, which is written as its reference. */
  readonly isBlock: boolean;
  /** The value that a text stands for: JSON where the field takes that, otherwise the text. Of a secret the text comes first. */
  parse(text: string): unknown;
}

/** The fields in the order of the schema. */
export function writtenFields(type: BlockConstructor): readonly WrittenField[] {
  return Object.entries(definitionOf(type).schema.shape).map(([name, schema]) => writtenField(name, schema));
}

/** The field of this name, in either form. */
export function findWrittenField(type: BlockConstructor, name: string): WrittenField | undefined {
  return writtenFields(type).find((field) => field.name === name || wireName(field.name) === name);
}

function writtenField(name: string, schema: z.core.$ZodType): WrittenField {
  const isSecret = isSecretField(schema);
  return {
    name,
    description: z.globalRegistry.get(schema)?.description,
    isSecret,
    isRequired: !accepts(schema, undefined),
    isBlock: formsOf(schema).some(({ kind }) => kind === "block"),
    parse(text) {
      const json = parseJson(text);
      const candidates = isSecret ? [text, json] : [json, text];
      return candidates.find((value) => value !== undefined && accepts(schema, value)) ?? text;
    },
  };
}

function accepts(schema: z.core.$ZodType, value: unknown): boolean {
  return z.safeParse(schema, value).success;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not an error: what is no JSON is text.
    return undefined;
  }
}
