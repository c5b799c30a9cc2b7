/** Reads and checks the body of a request. */
import type { Context } from "hono";
import type { z } from "zod";
import { InvalidBodyError, type InvalidMember } from "./invalid-body-error.ts";

/** JSON whatever the content type, as Prefect takes it; no body at all is an empty object. */
export async function readBody(context: Context, schema: z.ZodType): Promise<unknown> {
  const text = await context.req.text();
  const value = text === "" ? {} : parse(text);
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new InvalidBodyError(parsed.error.issues.flatMap(toInvalidMembers), value);
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    throw new InvalidBodyError(
      [{ type: "json_invalid", loc: ["body"], msg: `JSON decode error: ${message}` }],
      null,
    );
  }
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
