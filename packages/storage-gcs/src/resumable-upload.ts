/**
 * Uploads content in parts, one after the other, as Google's protocol for resumable uploads has it: the object is there
 * when the last part is.
 */
import type { Bucket } from "@google-cloud/storage";
import { googleTrouble } from "@sluice/credentials-gcp";
import { brokenOff, type GcsRequest, sendRequest, withRetries } from "./gcs-request.ts";

/** The answer to a part when more are to come. */
const MORE_TO_COME = 308;
/** The answer to a cancellation. */
const CANCELLED = 499;
/** More than any number of bytes: the object is there. */
const ALL = Number.POSITIVE_INFINITY;
const CANCEL_TIMEOUT_MS = 10_000;

export interface ObjectToUpload {
  readonly key: string;
  /** Only if no object has the key. */
  readonly ifAbsent?: boolean;
  readonly metadata?: Readonly<Record<string, string>>;
}

interface Parts {
  /** All of a multiple of 256 KiB, the last one excepted. */
  readonly parts: AsyncIterable<Uint8Array>;
  readonly signal: AbortSignal;
}

export function uploadUrl(
  bucket: Bucket,
  { key, ifAbsent = false }: ObjectToUpload,
  uploadType: string,
): string {
  const query = new URLSearchParams({ uploadType, name: key, ...(ifAbsent && { ifGenerationMatch: "0" }) });
  return `/upload/storage/v1/b/${encodeURIComponent(bucket.name)}/o?${query}`;
}

/** What fails is cancelled, and would be forgotten by Google after a week. */
export async function uploadParts(
  bucket: Bucket,
  upload: ObjectToUpload,
  { parts, signal }: Parts,
): Promise<void> {
  const session = new UploadSession(
    bucket,
    await withRetries(signal, () => begin(bucket, upload, signal)),
    signal,
  );
  try {
    let offset = 0;
    for await (const { bytes, isLast } of withLast(parts)) {
      await session.send(bytes, offset, isLast);
      offset += bytes.length;
    }
  } catch (error) {
    await session.cancel();
    throw error;
  }
}

async function begin(bucket: Bucket, upload: ObjectToUpload, signal: AbortSignal): Promise<string> {
  const request: GcsRequest = {
    method: "POST",
    url: uploadUrl(bucket, upload, "resumable"),
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ metadata: upload.metadata }),
  };
  const location = await sendRequest(bucket, request, {
    signal,
    read: async (answer) => {
      await answer.text();
      return answer.headers.get("location");
    },
  });
  if (location === null) throw new Error("Google's answer does not say where the upload goes on.");
  return location;
}

class UploadSession {
  readonly #bucket: Bucket;
  readonly #url: string;
  readonly #signal: AbortSignal;

  constructor(bucket: Bucket, url: string, signal: AbortSignal) {
    this.#bucket = bucket;
    this.#url = url;
    this.#signal = signal;
  }

  /** Sends again what did not arrive. */
  async send(bytes: Uint8Array, offset: number, isLast: boolean): Promise<void> {
    const end = offset + bytes.length;
    const wanted = isLast ? ALL : end;
    let arrived: number | undefined = offset;
    await withRetries(this.#signal, async () => {
      // After a failure nobody knows what has arrived.
      let position = arrived ?? (await this.#put(new Uint8Array(), "bytes */*"));
      if (position < offset)
        throw new Error(`Google has lost what it had confirmed, after byte ${position}.`);
      while (position < wanted) {
        arrived = undefined;
        const rest = new Uint8Array(bytes.subarray(position - offset));
        const range = position < end ? `${position}-${end - 1}/${isLast ? end : "*"}` : `*/${end}`;
        const next = await this.#put(rest, `bytes ${range}`);
        if (next <= position) throw brokenOff(new Error("Google took nothing of a part."));
        position = next;
      }
      arrived = position;
    });
  }

  async cancel(): Promise<void> {
    const request = { method: "DELETE", url: this.#url, accepts: [CANCELLED, 404, 410] } as const;
    const signal = AbortSignal.timeout(CANCEL_TIMEOUT_MS);
    try {
      await sendRequest(this.#bucket, request, { signal, read: (answer) => answer.text() });
    } catch (error) {
      // Why the upload ended is told by its own error.
      if (googleTrouble(error) === undefined && !(error instanceof DOMException)) throw error;
    }
  }

  /** Gives how many bytes have arrived. */
  #put(body: Uint8Array<ArrayBuffer>, range: string): Promise<number> {
    const headers = { "content-range": range };
    const request = { method: "PUT", url: this.#url, headers, body, accepts: [MORE_TO_COME] } as const;
    return sendRequest(this.#bucket, request, {
      signal: this.#signal,
      read: async (answer) => {
        await answer.text();
        if (answer.status !== MORE_TO_COME) return ALL;
        const last = /-(\d+)$/.exec(answer.headers.get("range") ?? "")?.[1];
        return last === undefined ? 0 : Number(last) + 1;
      },
    });
  }
}

async function* withLast(
  parts: AsyncIterable<Uint8Array>,
): AsyncGenerator<{ readonly bytes: Uint8Array; readonly isLast: boolean }, void, undefined> {
  let held: Uint8Array | undefined;
  for await (const bytes of parts) {
    if (held !== undefined) yield { bytes: held, isLast: false };
    held = bytes;
  }
  if (held !== undefined) yield { bytes: held, isLast: true };
}
