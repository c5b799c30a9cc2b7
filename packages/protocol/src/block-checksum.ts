/** The checksum by which clients and servers know a block schema. Both must find the same one, whatever their language. */
import { createHash } from "node:crypto";

type Members = Readonly<Record<string, unknown>>;

const DEFINITIONS = "#/definitions/";
const SMALLEST_PLAIN_NUMBER = 1e-4;

/**
 * `sha256:` and the SHA-256, in hexadecimal digits, of the fields without `secret_fields` at any depth and without
 * definitions of other blocks. The hashed text is what Python's `json.dumps([[fields], {}], sort_keys=True)` gives, which
 * Prefect hashes; only numbers such as `1.0` cannot be told from `1` here.
 */
export function blockSchemaChecksum(fields: Members): string {
  const text = pythonJson([[hashedFields(fields)], {}]);
  return `sha256:${createHash("sha256").update(text).digest("hex")}`;
}

/** The definitions that a value refers to and that these refer to, and so on, as far as they are `wanted`. */
export function reachableDefinitions(
  value: unknown,
  definitions: Members,
  wanted: (definition: Members) => boolean = () => true,
): Record<string, unknown> {
  const found = new Map<string, unknown>();
  const visit = (part: unknown): void => {
    for (const name of definitionsIn(part)) {
      const definition = Object.hasOwn(definitions, name) ? definitions[name] : undefined;
      if (found.has(name) || !isMembers(definition) || !wanted(definition)) continue;
      found.set(name, definition);
      visit(definition);
    }
  };
  visit(value);
  return Object.fromEntries(found);
}

/** Names of the definitions that `$ref`s in a value point to, at any depth. */
export function definitionsIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(definitionsIn);
  if (!isMembers(value)) return [];
  const { $ref: reference } = value;
  const own = typeof reference === "string" ? [reference.replace(DEFINITIONS, "")] : [];
  return [...own, ...Object.values(value).flatMap(definitionsIn)];
}

function hashedFields(fields: Members): Members {
  const { definitions, ...others } = withoutSecretFields(fields) as Members;
  if (definitions === undefined) return others;
  if (!isMembers(definitions) || isEmpty(definitions)) return { ...others, definitions };
  const kept = reachableDefinitions({ ...others, definitions }, definitions, isHashed);
  return isEmpty(kept) ? others : { ...others, definitions: kept };
}

/** Blocks have schemas of their own. What is empty does not count in Python. */
function isHashed(definition: Members): boolean {
  return (definition["block_type_slug"] ?? null) === null && !isEmpty(definition);
}

/** Lists are left as they are, as Prefect does. */
function withoutSecretFields(value: unknown): unknown {
  if (!isMembers(value)) return value;
  const kept = Object.entries(value).filter(([name]) => name !== "secret_fields");
  return Object.fromEntries(kept.map(([name, member]) => [name, withoutSecretFields(member)]));
}

function pythonJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(pythonJson).join(", ")}]`;
  if (typeof value === "number") return pythonNumber(value);
  if (!isMembers(value)) return asciiJson(value);
  const members = Object.entries(value)
    .filter(([, member]) => member !== undefined)
    .toSorted(([a], [b]) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  return `{${members.map(([name, member]) => `${asciiJson(name)}: ${pythonJson(member)}`).join(", ")}}`;
}

/** Whole numbers have all of their digits, small ones an exponent of two digits at least. */
function pythonNumber(value: number): string {
  if (Number.isInteger(value)) return BigInt(value).toString();
  if (Math.abs(value) >= SMALLEST_PLAIN_NUMBER) return String(value);
  const [digits = "", exponent = ""] = value.toExponential().split("e-");
  return `${digits}e-${exponent.padStart(2, "0")}`;
}

function asciiJson(value: unknown): string {
  return JSON.stringify(value ?? null).replaceAll(
    /[^ -~]/g,
    (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

function isMembers(value: unknown): value is Members {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isEmpty(members: Members): boolean {
  return Object.keys(members).length === 0;
}
