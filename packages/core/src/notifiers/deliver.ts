/** Patience in handing a message over: what is refused for a while is tried again, within a time. */
import { setTimeout as delay } from "node:timers/promises";
import { processRedactor } from "../logging/redactor.ts";
import { NotificationError, type NotifyOptions } from "./notifier.ts";

/** Who delivers, as in errors: a block. */
export interface Deliverer {
  /** Such as `slack-webhook/team`. */
  readonly blockReference: string;
  /** What it does when it is not delivering a message, such as `look up the user`. */
  readonly action?: string | undefined;
}

/** What one try came to. */
export type DeliveryOutcome<T> = { readonly isDelivered: true; readonly answer: T } | DeliveryRefusal;

export interface DeliveryRefusal {
  readonly isDelivered: false;
  /** Who refused and why, as part of a sentence: `discord.com answered 404 (Unknown Webhook)`. */
  readonly problem: string;
  /** What to do about it: a sentence. */
  readonly remedy: string;
  /** Whether the same message may be taken a little later, and cannot have been taken already. */
  readonly isPassing: boolean;
  /** How long the receiver wants to be left alone. */
  readonly retryAfterSeconds?: number | undefined;
  readonly cause?: unknown;
}

const DEFAULT_TIMEOUT_SECONDS = 60;
const LONGEST_TIMER_MS = 2 ** 31 - 1;
const MAX_TRIES = 4;

/**
 * Tries until the message is delivered, refused for good, or refused four times; waits in between as long as the receiver
 * asks, otherwise 1, 2 and 4 seconds.
 *
 * @throws {NotificationError} naming the block, the problem and the remedy; the signal's reason when it aborted.
 */
export async function deliver<T>(
  deliverer: Deliverer,
  attempt: (signal: AbortSignal) => Promise<DeliveryOutcome<T>>,
  { signal, timeoutSeconds = DEFAULT_TIMEOUT_SECONDS }: NotifyOptions = {},
): Promise<T> {
  signal?.throwIfAborted();
  const limitMs = Math.min(timeoutSeconds * 1000, LONGEST_TIMER_MS);
  const endMs = performance.now() + limitMs;
  const late = AbortSignal.timeout(limitMs);
  const ending = signal === undefined ? late : AbortSignal.any([signal, late]);
  let problem = "there was no answer";
  try {
    for (let tries = 1; ; tries += 1) {
      const outcome = await attempt(ending);
      if (outcome.isDelivered) return outcome.answer;
      problem = outcome.problem;
      const waitSeconds = waitAfter(deliverer, outcome, tries);
      if (performance.now() + waitSeconds * 1000 >= endMs) throw tooPatient(deliverer, outcome);
      await delay(waitSeconds * 1000, undefined, { signal: ending });
    }
  } catch (error) {
    if (!ending.aborted || error instanceof NotificationError) throw error;
    signal?.throwIfAborted();
    const limit = `within ${timeoutSeconds} seconds`;
    throw undelivered(deliverer, { problem, remedy: LATER }, limit);
  }
}

const LATER = "Send it later, or with a longer timeoutSeconds.";

/** Seconds until the next try, if there may be one. */
function waitAfter(deliverer: Deliverer, refusal: DeliveryRefusal, tries: number): number {
  if (!refusal.isPassing || tries === MAX_TRIES) throw undelivered(deliverer, refusal);
  return refusal.retryAfterSeconds ?? 2 ** (tries - 1);
}

function tooPatient(deliverer: Deliverer, refusal: DeliveryRefusal): Error {
  const { problem, retryAfterSeconds, cause } = refusal;
  if (retryAfterSeconds === undefined) return undelivered(deliverer, refusal);
  const wish = `${problem}, and wants to be left alone for ${retryAfterSeconds} seconds`;
  return undelivered(deliverer, { problem: wish, remedy: LATER, cause });
}

/**
 * The error of a message that is not delivered: it names the block, the problem and the remedy, and shows no secret.
 *
 * @param limit - in which it was not delivered, such as `within 60 seconds`
 */
export function undelivered(
  { blockReference: block, action = "deliver the message" }: Deliverer,
  { problem, remedy, cause }: Pick<DeliveryRefusal, "problem" | "remedy" | "cause">,
  limit?: string,
): NotificationError {
  const what = limit === undefined ? action : `${action} ${limit}`;
  const message = processRedactor.redact(`${block} could not ${what}: ${problem}. ${remedy}`);
  return new NotificationError(message, { details: { block }, ...(cause !== undefined && { cause }) });
}
