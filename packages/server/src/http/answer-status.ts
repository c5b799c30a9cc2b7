/** The status of a successful answer. */
import type { RouteSchema } from "@sluice/protocol/schemas";
import type { ContentfulStatusCode } from "hono/utils/http-status";

/** `startedAt` is when the request came, in milliseconds since the epoch. */
export function answerStatus(schema: RouteSchema, result: unknown, startedAt: number): ContentfulStatusCode {
  const { status } = schema;
  if (status === "created") return isSince(result, "created", startedAt) ? 201 : 200;
  if (status === "transition") {
    const state = typeof result === "object" && result !== null && "state" in result ? result.state : null;
    return isSince(state, "timestamp", startedAt) ? 201 : 200;
  }
  // Statuses in the table of routes are those of answers.
  return (status ?? 200) as ContentfulStatusCode;
}

function isSince(object: unknown, member: string, startedAt: number): boolean {
  if (typeof object !== "object" || object === null) return false;
  return Date.parse(String(Reflect.get(object, member))) >= startedAt;
}
