/** Downloads to any file system, in constant memory. */
import { createHash, type Hash } from "node:crypto";
import { findRunContext, NO_CACHE, type Task, task } from "@sluice/core";
import { type FilePlace, findPlace } from "@sluice/core/blocks";
import { BrokenAnswerError, type OpenAnswer } from "./exchange.ts";
import { HttpError, shownRequest } from "./http-error.ts";
import { type HttpRequest, type ReadyRequest, readyRequest } from "./http-request.ts";
import { PassingError, persistently, trySend } from "./send-request.ts";

export interface DownloadOptions {
  /** SHA-256 of the content, in hexadecimal; a file with another is not written. */
  readonly sha256?: string | undefined;
}

export interface Download {
  readonly bytes: number;
  /** Of the content, in hexadecimal. */
  readonly sha256: string;
  readonly contentType: string | undefined;
  readonly etag: string | undefined;
}

/**
 * Downloads a file. It is there when all of it is. What breaks off goes on where it was, if the server can do that and has the
 * same file still; else it begins anew.
 *
 * ```ts
 * await downloadFile({ url: "https://data.example/trips.csv" }, { fileSystem: "s3-bucket/trips", path: "2024.csv" });
 * ```
 *
 * @throws {HttpError} when it cannot be had, or has another checksum
 */
export const downloadFile: Task<[HttpRequest, FilePlace, DownloadOptions?], Download> = task(
  { name: "download-file", cachePolicy: NO_CACHE },
  async (request: HttpRequest, place: FilePlace, options: DownloadOptions = {}): Promise<Download> => {
    const signal = findRunContext()?.signal;
    const { fileSystem, path } = await findPlace(place, { signal });
    // Lengths and ranges are those of what is sent, which therefore must not be compressed on the way.
    const headers = { "accept-encoding": "identity", ...request.headers };
    const ready = await readyRequest({ ...request, headers });
    return persistently(ready, async () => {
      const transfer = new Transfer(ready, options, signal);
      try {
        await fileSystem.write(path, transfer.content(), { signal });
      } catch (error) {
        // Some file systems tell in their own words that the content failed.
        throw transfer.failure ?? error;
      }
      return transfer.result();
    });
  },
);

/** One download from its beginning, however often it breaks off. */
class Transfer {
  readonly #request: ReadyRequest;
  readonly #expected: string | undefined;
  readonly #signal: AbortSignal | undefined;
  readonly #hash: Hash = createHash("sha256");
  #bytes = 0;
  #first: OpenAnswer | undefined;
  #sha256 = "";
  #failure: unknown;

  constructor(request: ReadyRequest, { sha256 }: DownloadOptions, signal: AbortSignal | undefined) {
    this.#request = request;
    this.#expected = sha256?.toLowerCase();
    this.#signal = signal;
  }

  /** What the content ended with, if that was not its end. */
  get failure(): unknown {
    return this.#failure;
  }

  /** The bytes. Ends with a `PassingError` when all of it has to be done again. */
  async *content(): AsyncGenerator<Uint8Array, void, undefined> {
    try {
      yield* this.#received();
    } catch (error) {
      this.#failure = error;
      throw error;
    }
  }

  async *#received(): AsyncGenerator<Uint8Array, void, undefined> {
    const first = await trySend(this.#request, this.#signal);
    this.#first = first;
    let answer = first;
    for (;;) {
      const bytesBefore = this.#bytes;
      try {
        for await (const chunk of answer.chunks()) {
          this.#hash.update(chunk);
          this.#bytes += chunk.length;
          yield chunk;
        }
        this.#checkEnd(first);
        return;
      } catch (error) {
        if (!(error instanceof BrokenAnswerError)) throw error;
        const version = versionOf(first);
        if (version === undefined || this.#bytes === bytesBefore) throw new PassingError({ error });
        answer = await this.#resume(version);
      }
    }
  }

  result(): Download {
    const { headers } = this.#first ?? { headers: new Headers() };
    return {
      bytes: this.#bytes,
      sha256: this.#sha256,
      contentType: headers.get("content-type") ?? undefined,
      etag: headers.get("etag") ?? undefined,
    };
  }

  /** Asks for the rest, of the same version. */
  async #resume(version: string): Promise<OpenAnswer> {
    const range = { range: `bytes=${this.#bytes}-`, "if-range": version };
    const request = { ...this.#request, headers: { ...this.#request.headers, ...range } };
    const answer = await persistently(request, () => trySend(request, this.#signal));
    const start = /^bytes (\d+)-/.exec(answer.headers.get("content-range") ?? "")?.[1];
    if (answer.status === 206 && Number(start) === this.#bytes) return answer;
    answer.close();
    const words = `${shownRequest(request)} broke off, and the file has changed since. Try again.`;
    throw new PassingError({ error: new HttpError(words), waitMs: 0 });
  }

  #checkEnd(first: OpenAnswer): void {
    const length = first.headers.get("content-length");
    if (length !== null && Number(length) !== this.#bytes && first.headers.get("content-encoding") === null) {
      const words = `${shownRequest(this.#request)} gave ${this.#bytes} bytes instead of ${length}.`;
      throw new PassingError({ error: new HttpError(words) });
    }
    this.#sha256 = this.#hash.digest("hex");
    if (this.#expected === undefined || this.#expected === this.#sha256) return;
    throw new HttpError(
      `What ${shownRequest(this.#request)} gave has the SHA-256 ${this.#sha256}, but ${this.#expected} is expected. The file was not written.`,
    );
  }
}

/** What tells the version, where the server can give a part: a strong ETag, else the time of the last change. */
function versionOf({ headers, status }: OpenAnswer): string | undefined {
  if (status !== 200 || headers.get("accept-ranges") !== "bytes") return undefined;
  const etag = headers.get("etag");
  if (etag !== null && !etag.startsWith("W/")) return etag;
  return headers.get("last-modified") ?? undefined;
}
