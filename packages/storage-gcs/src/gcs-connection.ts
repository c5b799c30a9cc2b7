/** Calls to one bucket. */
import type { Bucket, StorageOptions } from "@google-cloud/storage";
import { withTimeLimit } from "@sluice/core";
import { type GcpCredentials, googleTrouble } from "@sluice/credentials-gcp";
import { SluiceError } from "@sluice/protocol";
import { type GcsOperation, type GcsPlace, gcsError } from "./gcs-errors.ts";
import { withRetries } from "./gcs-request.ts";

export interface GcsAccess {
  /** Absent: those of the environment or, at an endpoint of one's own, none. */
  readonly credentials: GcpCredentials | undefined;
  readonly endpoint: string | undefined;
}

export interface GcsCall extends GcsOperation {
  readonly signal?: AbortSignal | undefined;
}

/** Of one call, its repetitions included: it receives one range at most. */
const CALL_TIMEOUT_MS = 120_000;
const REQUEST_TIMEOUT_MS = 60_000;
/** Longer timers there are not. */
const NO_LIMIT_MS = 2 ** 31 - 1;

/** The SDK is loaded, and the credentials are looked for, with the first call. */
export class GcsConnection {
  readonly #place: () => GcsPlace;
  readonly #access: GcsAccess;
  #bucket: Promise<Bucket> | undefined;
  #isBucketKnown = false;

  /** @param place - asked for when there is an error: a block gets its name when it is saved */
  constructor(access: GcsAccess, place: () => GcsPlace) {
    this.#access = access;
    this.#place = place;
  }

  /**
   * Repeats the work when the service is overloaded or fails: writing the same content again, or removing what is removed,
   * does no harm. The SDK takes no signals: what it comes to after an abort is dropped, unless `work` stops it.
   *
   * @throws {FileSystemError} or one of the others that file systems throw, in place of those of the SDK
   */
  call<T>(call: GcsCall, work: (bucket: Bucket, signal: AbortSignal) => Promise<T>): Promise<T> {
    return this.#call(call, CALL_TIMEOUT_MS, async (signal) => {
      const bucket = await this.#connect();
      return withRetries(signal, () => work(bucket, signal));
    });
  }

  /** Neither repeats the work nor limits its time: for an upload, whose every part is a call. */
  upload(call: GcsCall, work: (bucket: Bucket, signal: AbortSignal) => Promise<void>): Promise<void> {
    return this.#call(call, NO_LIMIT_MS, async (signal) => work(await this.#connect(), signal));
  }

  async #call<T>(call: GcsCall, timeoutMs: number, work: (signal: AbortSignal) => Promise<T>): Promise<T> {
    try {
      const result = await withTimeLimit(timeoutMs, call, work);
      this.#isBucketKnown = true;
      return result;
    } catch (error) {
      call.signal?.throwIfAborted();
      throw await this.#errorOf(error, call);
    }
  }

  #connect(): Promise<Bucket> {
    this.#bucket ??= this.#open().catch((error: unknown) => {
      // The next call tries again.
      this.#bucket = undefined;
      throw error;
    });
    return this.#bucket;
  }

  async #open(): Promise<Bucket> {
    const { credentials, endpoint } = this.#access;
    const [{ Storage }, auth] = await Promise.all([import("@google-cloud/storage"), credentials?.auth()]);
    const options: StorageOptions = {
      timeout: REQUEST_TIMEOUT_MS,
      retryOptions: { autoRetry: false },
      useAuthWithCustomEndpoint: auth !== undefined,
      ...(endpoint !== undefined && { apiEndpoint: endpoint }),
      ...(auth !== undefined && { authClient: auth }),
    };
    return new Storage(options).bucket(this.#place().bucket);
  }

  /** Not every answer says what is missing. Who may not look at the bucket gets the likelier of the two. */
  async #errorOf(error: unknown, call: GcsCall): Promise<unknown> {
    const known = gcsError(error, call, this.#place());
    const isMissing = known instanceof SluiceError && known.details["status"] === 404;
    if (this.#isBucketKnown || !isMissing) return known;
    if (/no such object/i.test(String(known.cause))) return known;
    try {
      const bucket = await this.#connect();
      await withTimeLimit(CALL_TIMEOUT_MS, call, () => bucket.getMetadata());
      this.#isBucketKnown = true;
      return known;
    } catch (failure) {
      if (googleTrouble(failure)?.status !== 404) return known;
      return gcsError(failure, { verb: "list", path: call.path }, this.#place());
    }
  }
}
