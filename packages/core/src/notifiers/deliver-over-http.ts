/** Hands a message over with an HTTP request. */

import { isUnsent } from "../outbound/is-unsent.ts";
import { RefusedTargetError } from "../outbound/refused-target-error.ts";
import { retryAfterMs } from "../outbound/retry-after.ts";
import type { OutboundAnswer } from "../outbound/send-request.ts";
import { type Deliverer, type DeliveryOutcome, type DeliveryRefusal, deliver } from "./deliver.ts";
import type { NotifyOptions } from "./notifier.ts";

export interface HttpDelivery {
  /** `http` or `https`. Only its host is shown in errors. */
  readonly url: string;
  /** Default POST. */
  readonly method?: string | undefined;
  /** Made for each try, as a signature may hold the time. */
  readonly headers: () => Readonly<Record<string, string>>;
  readonly body: string;
  /**
   * Whether the receiver knows a message that it gets twice. Then it is sent again also when it may have been taken.
   * Default false.
   */
  readonly isRepeatable?: boolean | undefined;
  /** Whether the URL may lead to addresses that are not of the public internet. Default true. */
  readonly allowPrivateUrls?: boolean | undefined;
}

/** What a receiver answered that took the message. */
export type HttpDeliveryAnswer = OutboundAnswer;

/**
 * Sends the request until it is answered with a status of success. Sends again what was answered with 429 or 503, after
 * the time of `Retry-After`, and what could not be sent at all.
 *
 * @throws {NotificationError} naming the block, the host, its answer and the remedy; the signal's reason when it aborted.
 */
export function deliverOverHttp(
  deliverer: Deliverer,
  delivery: HttpDelivery,
  options?: NotifyOptions,
): Promise<HttpDeliveryAnswer> {
  const url = new URL(delivery.url);
  return deliver(deliverer, (signal) => attempt(url, delivery, signal), options);
}

async function attempt(
  url: URL,
  delivery: HttpDelivery,
  signal: AbortSignal,
): Promise<DeliveryOutcome<HttpDeliveryAnswer>> {
  const { method = "POST", headers, body, isRepeatable = false, allowPrivateUrls = true } = delivery;
  // Loaded when the first message is sent: the modules of Node that it needs take 10 ms.
  const { sendRequest } = await import("../outbound/send-request.ts");
  try {
    const answer = await sendRequest({
      ...{ url, method, headers: headers(), body, signal },
      allowPrivateAddresses: allowPrivateUrls,
    });
    return answered(url, answer, isRepeatable);
  } catch (cause) {
    if (signal.aborted) throw cause;
    if (cause instanceof RefusedTargetError) {
      return refused(cause.message, "Give the block another URL.", false);
    }
    return unanswered(url, cause, isRepeatable);
  }
}

function answered(
  url: URL,
  answer: OutboundAnswer,
  isRepeatable: boolean,
): DeliveryOutcome<HttpDeliveryAnswer> {
  const { status, headers } = answer;
  if (status >= 200 && status < 300) return { isDelivered: true, answer };
  const words = wordsOf(url, answer);
  const problem = `${url.host} answered ${status}${words === "" ? "" : ` (${words})`}`;
  const isPassing = UNTAKEN.has(status) || (isRepeatable && (status >= 500 || status === 408));
  const waitMs = retryAfterMs(headers["retry-after"]);
  const retryAfterSeconds = waitMs === undefined ? undefined : waitMs / 1000;
  return { ...refused(problem, remedyFor(status), isPassing), retryAfterSeconds };
}

function unanswered(url: URL, cause: unknown, isRepeatable: boolean): DeliveryRefusal {
  const problem = `${url.host} could not be reached${codeInBrackets(cause)}`;
  const remedy = "See whether the host in the URL is right, and reachable from here.";
  return { ...refused(problem, remedy, isRepeatable || isUnsent(cause)), cause };
}

function codeInBrackets(cause: unknown): string {
  return cause instanceof Error && "code" in cause ? ` (${String(cause.code)})` : "";
}

/** Answers to requests that were not looked at. */
const UNTAKEN: ReadonlySet<number> = new Set([429, 503]);

function refused(problem: string, remedy: string, isPassing: boolean): DeliveryRefusal {
  return { isDelivered: false, problem, remedy, isPassing };
}

function remedyFor(status: number): string {
  if (status === 401 || status === 403) return "See whether the credentials in the block are still valid.";
  if (status === 404 || status === 410) return "See whether the URL of the block still exists.";
  if (status >= 300 && status < 400) return "It has moved: give the block the new URL.";
  if (status === 413) return "Send a shorter message.";
  if (status === 429 || status >= 500) return "Send it later.";
  return "See whether the URL of the block is the one for this kind of message.";
}

const SHOWN_WORDS = 200;

/** What the receiver says, in a line; it may repeat the path of the URL, which is a secret. */
function wordsOf(url: URL, { text }: OutboundAnswer): string {
  const secrets = [`${url.pathname}${url.search}`, url.pathname, url.search].filter(
    ({ length }) => length > 1,
  );
  const hidden = secrets.reduce((words, secret) => words.replaceAll(secret, "****"), text);
  return hidden.replace(/\s+/g, " ").trim().slice(0, SHOWN_WORDS);
}
