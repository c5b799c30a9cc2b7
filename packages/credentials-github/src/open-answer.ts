/** An answer that has begun: it may be long, but must not fall silent. */
import { GitHubError } from "./github-error.ts";

/** GitHub ends calls after ten seconds itself; a proxy between may not. */
const LONGEST_SILENCE_MS = 30_000;

export interface Call {
  readonly url: URL;
  readonly init: RequestInit;
  readonly signal: AbortSignal | undefined;
  /** For messages, such as `GET /repos/acme/flows`. */
  readonly call: string;
}

/** Has to be read to its end, or closed. */
export interface OpenAnswer {
  readonly ok: boolean;
  readonly status: number;
  readonly statusText: string;
  readonly headers: Headers;
  text(): Promise<string>;
  chunks(): AsyncGenerator<Uint8Array, void, undefined>;
  close(): Promise<void>;
}

/** @throws {GitHubError} when there is no answer */
export async function openAnswer({ url, init, signal, call }: Call): Promise<OpenAnswer> {
  signal?.throwIfAborted();
  const silence = new AbortController();
  const timer = setTimeout(() => silence.abort(), LONGEST_SILENCE_MS);
  const failure = (cause: unknown): unknown => {
    clearTimeout(timer);
    if (signal?.aborted === true) return signal.reason;
    return unreachable(url, call, silence.signal.aborted, cause);
  };
  const either = signal === undefined ? silence.signal : AbortSignal.any([signal, silence.signal]);
  let response: Response;
  try {
    response = await fetch(url, { ...init, signal: either });
  } catch (error) {
    throw failure(error);
  }
  timer.refresh();

  async function* chunks(): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      for await (const chunk of response.body ?? []) {
        timer.refresh();
        yield chunk as Uint8Array;
      }
    } catch (error) {
      throw failure(error);
    } finally {
      clearTimeout(timer);
    }
  }

  return {
    ok: response.ok,
    status: response.status,
    statusText: response.statusText,
    headers: response.headers,
    chunks,
    text: async () => {
      const all: Uint8Array[] = [];
      for await (const chunk of chunks()) all.push(chunk);
      return Buffer.concat(all).toString("utf8");
    },
    close: async () => {
      clearTimeout(timer);
      // What was begun to be read has ended with its reader.
      if (!response.bodyUsed) await response.body?.cancel();
    },
  };
}

function unreachable(url: URL, call: string, isSilent: boolean, cause: unknown): GitHubError {
  const why = isSilent ? `it was silent for ${LONGEST_SILENCE_MS / 1000} seconds` : reasonOf(cause);
  return new GitHubError(
    `${call} had no whole answer from ${url.origin}: ${why}. Check baseUrl, the network and https://www.githubstatus.com.`,
    { trouble: "unreachable", cause },
  );
}

/** What `fetch` throws says nothing; its cause does. */
function reasonOf(error: unknown): string {
  const { cause } = error as { readonly cause?: unknown };
  if (cause instanceof Error) return cause.message === "" ? cause.name : cause.message;
  return error instanceof Error ? error.message : String(error);
}
