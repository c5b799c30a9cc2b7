/** Requests that are sent again when that is safe and may help. */
import { findRunContext, type Logger, retryAfterMs, retryDelayMs, runLogger, sleep } from "@sluice/core";
import { BrokenAnswerError, exchange, NoAnswerError, type OpenAnswer } from "./exchange.ts";
import { type HttpError, refusedRequest, shownRequest } from "./http-error.ts";
import type { ReadyRequest } from "./http-request.ts";

/** RFC 9110 and 6585: a later answer may be another. */
const PASSING: ReadonlySet<number> = new Set([408, 429, 502, 503, 504]);
/** Answers to requests that were not carried out. */
const NOT_CARRIED_OUT: ReadonlySet<number> = new Set([429, 503]);
const KEPT_BODY = 16_384;

/** What a try came to, when that is to be tried again. */
interface Setback {
  readonly error: HttpError;
  /** What the server asks for. */
  readonly waitMs?: number | undefined;
}

/**
 * What `read` makes of an answer of success. With a reading that breaks off all of it is done again.
 *
 * @throws {HttpError} when there is none after all tries, or it cannot help to try again
 * @throws the signal's reason when it aborts
 */
export function sendRequest<T>(
  request: ReadyRequest,
  signal: AbortSignal | undefined,
  read: (answer: OpenAnswer) => Promise<T>,
): Promise<T> {
  return persistently(request, async () => {
    const answer = await trySend(request, signal);
    try {
      return await read(answer);
    } catch (error) {
      throw error instanceof BrokenAnswerError && isRepeatable(request, false)
        ? new PassingError({ error })
        : error;
    } finally {
      answer.close();
    }
  });
}

/**
 * Sends the request once.
 *
 * @throws {PassingError} when it may be sent again
 */
export async function trySend(request: ReadyRequest, signal: AbortSignal | undefined): Promise<OpenAnswer> {
  try {
    return await accepted(request, await exchange(request, signal));
  } catch (error) {
    if (error instanceof NoAnswerError && isRepeatable(request, error.isUnsent))
      throw new PassingError({ error });
    throw error;
  }
}

/** Whatever may pass when it is done again. */
export class PassingError extends Error {
  readonly setback: Setback;

  constructor(setback: Setback) {
    super(setback.error.message);
    this.setback = setback;
  }
}

/** Does something again that fails with a `PassingError`, up to the retries of the request. */
export async function persistently<T>(
  request: Pick<ReadyRequest, "method" | "url" | "service" | "retries">,
  attempt: () => Promise<T>,
): Promise<T> {
  for (let tries = 1; ; tries += 1) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof PassingError)) throw error;
      const { setback } = error;
      if (tries > request.retries) throw setback.error;
      const delayMs = retryDelayMs(tries, setback.waitMs, Math.random);
      findLogger()?.warn("A request is sent again", {
        request: shownRequest(request),
        reason: setback.error.message,
        waitSeconds: Math.round(delayMs / 100) / 10,
      });
      await sleep(delayMs / 1000);
    }
  }
}

async function accepted(request: ReadyRequest, answer: OpenAnswer): Promise<OpenAnswer> {
  const { status, headers } = answer;
  if (status < 400 || request.allowedStatuses.includes(status)) return answer;
  const error = refusedRequest(request, status, await beginningOf(answer));
  if (PASSING.has(status) && isRepeatable(request, NOT_CARRIED_OUT.has(status))) {
    throw new PassingError({ error, waitMs: retryAfterMs(headers.get("retry-after")) });
  }
  throw error;
}

function isRepeatable({ isIdempotent, isBodyRepeatable }: ReadyRequest, isNotCarriedOut: boolean): boolean {
  return isBodyRepeatable && (isIdempotent || isNotCarriedOut);
}

/** What a failed request says is worth a line, and no failure of its own. */
async function beginningOf(answer: OpenAnswer): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const chunk of answer.chunks()) {
      chunks.push(chunk);
      bytes += chunk.length;
      if (bytes >= KEPT_BODY) break;
    }
  } catch (error) {
    if (findRunContext()?.signal.aborted === true) throw error;
  }
  return Buffer.concat(chunks).subarray(0, KEPT_BODY).toString();
}

function findLogger(): Logger | undefined {
  return findRunContext() === undefined ? undefined : runLogger();
}
