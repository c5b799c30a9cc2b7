/** Reads and checks the body of a request. */
import type { Context } from "hono";
import type { z } from "zod";
import { BodyTooLargeError } from "./body-too-large-error.ts";
import { InvalidBodyError, type InvalidMember } from "./invalid-body-error.ts";
import { isTooDeep, MAX_DEPTH } from "./json-depth.ts";
import { hasUnstorableText, withStorableText } from "./storable-text.ts";

export interface BodyRules {
  readonly schema: z.ZodType;
  readonly maxBytes: number;
  /** Characters that no database can keep are left out (lines of programs have them); default: such a body is refused. */
  readonly isCleaned?: boolean | undefined;
  /** As `RouteSchema.readBody`. */
  readonly read?: ((value: unknown) => unknown) | undefined;
}

/**
 * JSON whatever the content type, as Prefect takes it; no body at all is an empty object.
 * @throws {BodyTooLargeError} when it has more than `maxBytes`.
 * @throws {InvalidBodyError} when it is no JSON, or not what `schema` says.
 */
export async function readBody(context: Context, rules: BodyRules): Promise<unknown> {
  const text = await readText(context, rules.maxBytes);
  const value = text === "" ? {} : parse(text, rules);
  const read = rules.read?.(value);
  if (read !== undefined) return read;
  const parsed = rules.schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new InvalidBodyError(parsed.error.issues.flatMap(toInvalidMembers), value);
}

async function readText(context: Context, maxBytes: number): Promise<string> {
  const length = context.req.header("Content-Length");
  if (length !== undefined && Number(length) > maxBytes) throw new BodyTooLargeError(maxBytes);
  const bytes =
    length === undefined && context.req.header("Transfer-Encoding") !== undefined
      ? await readChunks(context, maxBytes)
      : await context.req.arrayBuffer();
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw invalidJson("The body is not UTF-8");
  }
}

async function readChunks(context: Context, maxBytes: number): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of context.req.raw.body ?? []) {
    length += chunk.byteLength;
    if (length > maxBytes) throw new BodyTooLargeError(maxBytes);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

function parse(text: string, { isCleaned = false }: BodyRules): unknown {
  if (isTooDeep(text)) throw invalidJson(`The body is nested more than ${MAX_DEPTH} levels deep`);
  const value = parseJson(text);
  if (!hasUnstorableText(text, value)) return value;
  if (isCleaned) return withStorableText(value);
  throw new InvalidBodyError(
    [
      {
        type: "string_unicode",
        loc: ["body"],
        msg: "Text has the character NUL or half of a surrogate pair, which cannot be stored",
      },
    ],
    null,
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw invalidJson(`JSON decode error: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function invalidJson(msg: string): InvalidBodyError {
  return new InvalidBodyError([{ type: "json_invalid", loc: ["body"], msg }], null);
}

/** The words of Prefect's validation for what its clients tell apart, and ours for the rest. */
function toInvalidMembers(issue: z.core.$ZodIssue): InvalidMember[] {
  const loc = ["body", ...issue.path.map((key) => (typeof key === "symbol" ? String(key) : key))];
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({
      type: "extra_forbidden",
      loc: [...loc, key],
      msg: "Extra inputs are not permitted",
    }));
  }
  const isMissing = issue.code === "invalid_type" && issue.input === undefined;
  return [
    { type: isMissing ? "missing" : issue.code, loc, msg: isMissing ? "Field required" : issue.message },
  ];
}
