/** What errors of Slack's client mean, and what to do about them. */

import type { WebAPIHTTPError, WebAPIPlatformError, WebAPIRateLimitedError } from "@slack/web-api";
import { type DeliveryRefusal, isUnsent } from "@sluice/core";

/** Slack's own code in an error, such as `channel_not_found`. */
export function platformError(error: unknown): string | undefined {
  return isOf<WebAPIPlatformError>(error, "slack_webapi_platform_error") ? error.data.error : undefined;
}

/**
 * @param error - of Slack's client; others are given as they are, and are mistakes of ours.
 * @param host - that was called
 */
export function slackRefusal(error: unknown, host: string): DeliveryRefusal {
  if (isOf<WebAPIPlatformError>(error, "slack_webapi_platform_error")) return answeredNo(error, host);
  if (isOf<WebAPIRateLimitedError>(error, "slack_webapi_rate_limited_error")) {
    const { retryAfter: retryAfterSeconds } = error;
    return { ...refusal(`${host} takes no more calls at this moment`, LATER, true), retryAfterSeconds };
  }
  if (isOf<WebAPIHTTPError>(error, "slack_webapi_http_error")) {
    const { statusCode } = error;
    return { ...refusal(`${host} answered ${statusCode}`, LATER, statusCode === 503), cause: error };
  }
  if (isOf(error, "slack_webapi_request_error")) {
    const remedy = "See whether it is reachable from here.";
    const problem = `${host} could not be reached${reasonOf(error)}`;
    return { ...refusal(problem, remedy, isUnsent(error)), cause: error };
  }
  throw error;
}

function answeredNo({ data }: WebAPIPlatformError, host: string): DeliveryRefusal {
  const { error: code, response_metadata } = data;
  const words = (response_metadata?.messages ?? []).join(" ").slice(0, SHOWN_WORDS);
  const problem = `${host} answered ${code}${words === "" ? "" : ` (${words})`}`;
  const isPassing = code === "ratelimited" || code === "rate_limited";
  if (code === "missing_scope" && "needed" in data) {
    const remedy = `Give the Slack app the scope ${String(data["needed"])}, and install it again.`;
    return refusal(problem, remedy, false);
  }
  return refusal(
    problem,
    REMEDIES[code] ?? "Slack's documentation of the method says what that means.",
    isPassing,
  );
}

const SHOWN_WORDS = 300;
const LATER = "Try it later.";
const NEW_TOKEN = "Give the block with the credentials a valid bot token (xoxb-…).";
const NO_CHANNEL = "See whether the channel is right, and invite the Slack app to it.";

const REMEDIES: Readonly<Record<string, string>> = {
  invalid_auth: NEW_TOKEN,
  not_authed: NEW_TOKEN,
  account_inactive: NEW_TOKEN,
  token_expired: NEW_TOKEN,
  token_revoked: NEW_TOKEN,
  missing_scope: "Give the Slack app the scopes for this, and install it again.",
  channel_not_found: NO_CHANNEL,
  not_in_channel: NO_CHANNEL,
  is_archived: "Choose a channel that is not archived.",
  msg_too_long: "Shorten it, or upload it as a file.",
  msg_blocks_too_long: "Shorten it, or upload it as a file.",
  no_text: "Give it a text or blocks.",
  ratelimited: LATER,
  rate_limited: LATER,
};

function refusal(problem: string, remedy: string, isPassing: boolean): DeliveryRefusal {
  return { isDelivered: false, problem, remedy, isPassing };
}

function isOf<E extends Error & { readonly code: string }>(error: unknown, code: string): error is E {
  return error instanceof Error && "code" in error && error.code === code;
}

/** The system's code in the innermost cause. */
function reasonOf(error: Error): string {
  const { cause } = error;
  if (cause instanceof Error) return "code" in cause ? ` (${String(cause.code)})` : reasonOf(cause);
  return "";
}
