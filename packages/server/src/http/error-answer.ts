/** What clients are told when something went wrong, in the shapes that Prefect's clients read. */
import { isSluiceError } from "@sluice/protocol";
import type { Context } from "hono";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { InvalidBodyError } from "./invalid-body-error.ts";

const INTERNAL_ERROR = 500;

/** The answer to an error; `onUnexpected` is told of those that are nobody's fault but ours. */
export function errorAnswer(
  context: Context,
  error: unknown,
  onUnexpected: (error: unknown) => void,
): Response {
  if (error instanceof InvalidBodyError) {
    const { message, members, body } = error;
    return context.json({ exception_message: message, exception_detail: members, request_body: body }, 422);
  }
  if (isSluiceError(error) && error.httpStatus < INTERNAL_ERROR) {
    // Codes have statuses that carry a body.
    return context.json(
      { detail: error.message, code: error.code },
      error.httpStatus as ContentfulStatusCode,
    );
  }
  if (isSluiceError(error, "HISTORY_UNAVAILABLE")) {
    onUnexpected(error);
    return context.json({ exception_message: "Service Unavailable" }, 503);
  }
  onUnexpected(error);
  return context.json({ exception_message: "Internal Server Error" }, INTERNAL_ERROR);
}

/** For paths that are none of ours. */
export function notFoundAnswer(context: Context): Response {
  return context.json({ detail: "Not Found" }, 404);
}
