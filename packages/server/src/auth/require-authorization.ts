/** Lets requests in that say who they are. */
import type { MiddlewareHandler } from "hono";
import type { Gate } from "./gate.ts";

/** Everything but what probes ask. */
export function requireAuthorization(gate: Gate, openPaths: ReadonlySet<string>): MiddlewareHandler {
  return async (context, next) => {
    if (openPaths.has(context.req.path) || (await gate.allowsHeader(context.req.header("Authorization")))) {
      return next();
    }
    // Not Basic, or browsers would ask for a password over the page that called.
    return context.json({ exception_message: "Unauthorized" }, 401, { "WWW-Authenticate": "Bearer" });
  };
}
