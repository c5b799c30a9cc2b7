/** What clients are told when something went wrong, in the shapes that Prefect's clients read. */
import { isSluiceError, type SluiceError } from "@sluice/protocol";
import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import type { ServerLog } from "../server-log.ts";
import { InvalidBodyError } from "./invalid-body-error.ts";

const INTERNAL_ERROR = 500;
/** Nobody reads it: the client has gone. */
const CLIENT_CLOSED_REQUEST = 499;
/** The client knows what it sent; more of it only makes the answer large. */
const LONGEST_ECHO = 4096;

/** The answer to an error; the log is told of those that are not the client's. */
export function errorAnswer(context: Context, error: unknown, log: ServerLog): Response {
  if (error instanceof InvalidBodyError) return invalidBodyAnswer(context, error);
  if (isSluiceError(error, "SLOTS_TAKEN")) return slotsTakenAnswer(context, error);
  if (isSluiceError(error) && error.httpStatus < INTERNAL_ERROR) {
    // Codes have statuses that carry a body.
    const status = error.httpStatus as ContentfulStatusCode;
    return context.json({ detail: error.message, code: error.code }, status);
  }
  const fields = { method: context.req.method, path: context.req.path, requestId: context.get("requestId") };
  if (context.req.raw.signal.aborted) {
    log("debug", "The client did not wait for the answer", fields);
    return context.body(null, CLIENT_CLOSED_REQUEST as ContentfulStatusCode);
  }
  if (isSluiceError(error, "HISTORY_UNAVAILABLE")) {
    log("error", "The database cannot be used", { ...fields, error });
    return context.json({ exception_message: "Service Unavailable" }, 503);
  }
  if (isSluiceError(error, "ENCRYPTION_KEY")) {
    log("error", "A block cannot be sealed or opened", { ...fields, error });
    return context.json({ detail: error.message, code: error.code }, INTERNAL_ERROR);
  }
  log("error", "Request failed", { ...fields, error });
  return context.json({ exception_message: "Internal Server Error" }, INTERNAL_ERROR);
}

/** For paths that are none of ours. */
export function notFoundAnswer(context: Context): Response {
  return context.json({ detail: "Not Found" }, 404);
}

/** Clients wait as long as the header says; without it they give up. */
function slotsTakenAnswer(context: Context, { message, details, code }: SluiceError): Response {
  const { retryAfterSeconds: seconds } = details;
  if (typeof seconds !== "number") return context.json({ detail: message, code }, 423);
  return context.json({ detail: "Locked", code }, 423, { "Retry-After": seconds.toFixed(3) });
}

function invalidBodyAnswer(context: Context, { message, members, body }: InvalidBodyError): Response {
  const echo = (JSON.stringify(body)?.length ?? 0) > LONGEST_ECHO ? null : body;
  return context.json({ exception_message: message, exception_detail: members, request_body: echo }, 422);
}
