/** Checks parameters and job variables by the JSON Schema (draft 2020-12) that came with the flow or the pool. */
import { ConflictError, InvalidRequestError } from "@sluice/protocol";
import { withinTime } from "./time-limit.ts";

type Schema = Readonly<Record<string, unknown>>;
type Check = (value: unknown) => string | undefined;

/** Schemas are compiled once; the oldest make room. */
const MAX_COMPILED = 200;
const compiled = new Map<string, Check>();
/**
 * Patterns can take time that doubles with every character of a text, and alternatives with every level of a tree. A
 * linear engine for patterns (RE2) would refuse what JSON Schema allows, and be of no use against the latter.
 */
const CHECK_LIMIT_MS = 500;

/** Members of a schema whose own members are names of the user, not words of JSON Schema. */
const MAPS_OF_SCHEMAS: ReadonlySet<string> = new Set([
  "properties",
  "patternProperties",
  "definitions",
  "$defs",
  "dependentSchemas",
]);
/** Members of a schema that are data. */
const DATA: ReadonlySet<string> = new Set(["default", "const", "enum", "examples"]);

export interface SchemaCheckOptions {
  /** Whether what is required may be missing, since runs can still give it. */
  readonly ignoreRequired?: boolean | undefined;
}

/**
 * Why values do not conform to a schema; undefined when they do.
 * @throws {InvalidRequestError} when the schema is none, refers to itself without end, or takes very long to check by.
 */
export async function findMismatch(
  values: Readonly<Record<string, unknown>>,
  schema: Schema,
  options: SchemaCheckOptions = {},
): Promise<string | undefined> {
  const check = await compile(schema, options.ignoreRequired === true);
  try {
    const result = withinTime(() => check(values), CHECK_LIMIT_MS);
    if (result.isInTime) return result.value;
  } catch (error) {
    if (error instanceof RangeError) throw unusable("it refers to itself without end", error);
    throw error;
  }
  throw new InvalidRequestError(
    `The check of values by their schema was ended after ${CHECK_LIMIT_MS} ms, in which the server does nothing else. ` +
      "Simplify patterns and alternatives in the schema that can match in very many ways.",
  );
}

/**
 * Requires that values conform to a schema.
 * @throws {ConflictError} that says which parameter does not, and why.
 */
export async function requireMatch(
  what: string,
  values: Readonly<Record<string, unknown>>,
  schema: Schema,
  options: SchemaCheckOptions = {},
): Promise<void> {
  const mismatch = await findMismatch(values, schema, options);
  if (mismatch !== undefined) {
    throw new ConflictError(`${what} do not fit their schema: ${mismatch}. Correct them, or the schema.`);
  }
}

async function compile(schema: Schema, ignoreRequired: boolean): Promise<Check> {
  const key = `${ignoreRequired ? "partial" : "whole"} ${JSON.stringify(schema)}`;
  const known = compiled.get(key);
  if (known !== undefined) return known;
  const check = await newCheck(prepare(schema, ignoreRequired));
  const oldest = compiled.keys().next();
  if (compiled.size >= MAX_COMPILED && oldest.done !== true) compiled.delete(oldest.value);
  compiled.set(key, check);
  return check;
}

async function newCheck(schema: Schema): Promise<Check> {
  const { Ajv2020 } = await import("ajv/dist/2020.js");
  // Formats are hints in Prefect too. Words that are not JSON Schema's, such as `position`, are let be.
  const ajv = new Ajv2020({ strict: false, validateFormats: false, logger: false });
  try {
    const validate = ajv.compile(schema);
    return (value) => {
      if (validate(value)) return undefined;
      const [error] = validate.errors ?? [];
      const member = error?.instancePath.slice(1).replaceAll("/", ".");
      const words = error?.message ?? "it is not valid";
      return member ? `${member} ${words}` : words;
    };
  } catch (error) {
    throw unusable(error instanceof Error ? error.message : String(error), error);
  }
}

function unusable(reason: string, cause: unknown): InvalidRequestError {
  return new InvalidRequestError(
    `The parameter schema cannot be used: ${reason}. Send a JSON Schema of draft 2020-12.`,
    { cause },
  );
}

/** The schema as Prefect reads it: what older versions of pydantic write is put right, and what may be left out is. */
function prepare(schema: Schema, ignoreRequired: boolean): Schema {
  const required: readonly unknown[] = Array.isArray(schema["required"]) ? schema["required"] : [];
  const prepareAny = (value: unknown): unknown => {
    if (Array.isArray(value)) return value.map(prepareAny);
    return isObject(value) ? prepare(value, ignoreRequired) : value;
  };
  const prepareWord = (value: unknown, word: string): unknown => {
    if (DATA.has(word) || !isObject(value) || !MAPS_OF_SCHEMAS.has(word)) {
      return DATA.has(word) ? value : prepareAny(value);
    }
    return mapMembers(value, (member, name) => {
      const inner = prepareAny(member);
      const isOptional = word === "properties" && !required.includes(name);
      return isOptional && isObject(inner) ? withNull(inner) : inner;
    });
  };
  const { required: _required, ...partial } = schema;
  return withPrefixItems(mapMembers(ignoreRequired ? partial : schema, prepareWord));
}

/** An optional parameter without a default may be null, which pydantic 1 did not write down. */
function withNull(schema: Schema): Schema {
  if (schema["type"] === undefined || schema["type"] === "null" || "default" in schema) return schema;
  const { type, ...rest } = schema;
  return { ...rest, anyOf: [{ type }, { type: "null" }] };
}

/** Tuples, as drafts before 2020-12 wrote them. */
function withPrefixItems(schema: Schema): Schema {
  const { items, ...rest } = schema;
  return Array.isArray(items) ? { prefixItems: items, ...rest } : schema;
}

function mapMembers(value: Schema, map: (member: unknown, name: string) => unknown): Schema {
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, map(member, name)]));
}

function isObject(value: unknown): value is Schema {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
