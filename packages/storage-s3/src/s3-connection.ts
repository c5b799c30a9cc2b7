/** Calls to one bucket. */
import { addAbortSignal, Readable } from "node:stream";
import { buffer } from "node:stream/consumers";
import { setTimeout as delay } from "node:timers/promises";
import type { GetObjectCommandOutput, S3, S3ClientConfig } from "@aws-sdk/client-s3";
import { bytesOfLength, FileNotFoundError, type SignedUrlOptions } from "@sluice/core";
import { type AwsClientOptions, awsTrouble } from "@sluice/credentials-aws";
import { InvalidRequestError } from "@sluice/protocol";
import { type S3Operation, type S3Place, s3Error } from "./s3-errors.ts";

/** Where the credentials come from. */
export interface S3Access {
  clientOptions(): Promise<AwsClientOptions>;
}

export interface S3Call extends S3Operation {
  readonly signal?: AbortSignal | undefined;
}

/** Options of each call of the SDK. */
export interface CallSettings {
  readonly abortSignal?: AbortSignal;
}

export interface ObjectRange {
  readonly key: string;
  /** Such as `bytes=0-499`. */
  readonly range: string;
  /** Of which version it has to be. */
  readonly etag?: string | undefined;
}

export interface ReceivedObject {
  readonly bytes: Uint8Array;
  readonly answer: GetObjectCommandOutput;
}

/** Calls, the first one included, when the service is overloaded or fails. */
const MAX_ATTEMPTS = 5;
/** How often content that breaks off in the middle is asked for again. */
const MAX_BODY_ATTEMPTS = 4;
const RETRY_DELAY_MS = 200;
/** Seven days: a limit of the signature. */
const MOST_SIGNED_SECONDS = 604_800;
const CLEAN_UP_TIMEOUT_MS = 30_000;

/** The SDK is loaded, and the credentials are looked for, with the first call. */
export class S3Connection {
  readonly #place: () => S3Place;
  readonly #access: S3Access;
  #client: Promise<S3> | undefined;
  #isBucketKnown = false;

  /** @param place - asked for when there is an error: a block gets its name when it is saved */
  constructor(access: S3Access, place: () => S3Place) {
    this.#access = access;
    this.#place = place;
  }

  /**
   * @throws {FileSystemError} or one of the others that file systems throw, in place of those of the SDK
   */
  async call<T>(call: S3Call, work: (s3: S3, settings: CallSettings) => Promise<T>): Promise<T> {
    const { signal } = call;
    signal?.throwIfAborted();
    try {
      const client = await this.#connect();
      signal?.throwIfAborted();
      const result = await work(client, signal === undefined ? {} : { abortSignal: signal });
      this.#isBucketKnown = true;
      return result;
    } catch (error) {
      signal?.throwIfAborted();
      const known = s3Error(error, call, this.#place());
      if (known instanceof FileNotFoundError) throw await this.#missing(known, call);
      throw known;
    }
  }

  /** A range of an object; asked for again when the connection breaks in the middle. */
  receive(call: S3Call, object: ObjectRange): Promise<ReceivedObject> {
    return this.call(call, async (s3, settings) => {
      const { bucket: Bucket } = this.#place();
      for (let attempt = 1; ; attempt += 1) {
        const answer = await s3.getObject(
          {
            Bucket,
            Key: object.key,
            Range: object.range,
            ...(object.etag !== undefined && { IfMatch: object.etag }),
          },
          settings,
        );
        try {
          return { bytes: await bytesOf(answer, call.signal), answer };
        } catch (error) {
          if (attempt === MAX_BODY_ATTEMPTS || call.signal?.aborted === true) throw cutOff(error);
          await delay(RETRY_DELAY_MS * attempt, undefined, call.signal && { signal: call.signal });
        }
      }
    });
  }

  /** For what is to be cleaned up although the call it belongs to was stopped. */
  async cleanUp(work: (s3: S3, settings: CallSettings) => Promise<unknown>): Promise<void> {
    try {
      await work(await this.#connect(), { abortSignal: AbortSignal.timeout(CLEAN_UP_TIMEOUT_MS) });
    } catch (error) {
      // Why the call was stopped is told by its own error. What is left is invisible, and a rule for the life cycle of
      // incomplete uploads removes it.
      if (awsTrouble(error) === undefined && !(error instanceof DOMException)) throw error;
    }
  }

  async signedUrl(call: S3Call, key: string, options: SignedUrlOptions): Promise<string> {
    const { expiresInSeconds, method = "GET" } = options;
    if (expiresInSeconds > MOST_SIGNED_SECONDS) {
      throw new InvalidRequestError(
        `expiresInSeconds is ${expiresInSeconds}, but a signed URL of S3 is valid for at most ${MOST_SIGNED_SECONDS}, a week.`,
      );
    }
    return this.call(call, async () => {
      const [{ S3: Client, GetObjectCommand, PutObjectCommand }, { getSignedUrl }] = await Promise.all([
        import("@aws-sdk/client-s3"),
        import("@aws-sdk/s3-request-presigner"),
      ]);
      // What will be uploaded is not known yet, so no checksum of it may be signed.
      const options = await this.#access.clientOptions();
      const client = new Client({ ...options, requestChecksumCalculation: "WHEN_REQUIRED" });
      const input = { Bucket: this.#place().bucket, Key: key };
      const command = method === "PUT" ? new PutObjectCommand(input) : new GetObjectCommand(input);
      return getSignedUrl(client, command, { expiresIn: expiresInSeconds });
    });
  }

  #connect(): Promise<S3> {
    this.#client ??= this.#open().catch((error: unknown) => {
      // The next call tries again.
      this.#client = undefined;
      throw error;
    });
    return this.#client;
  }

  async #open(): Promise<S3> {
    const [{ S3: Client }, options] = await Promise.all([
      import("@aws-sdk/client-s3"),
      this.#access.clientOptions(),
    ]);
    const config: S3ClientConfig = {
      followRegionRedirects: true,
      ...(process.env["AWS_MAX_ATTEMPTS"] === undefined && { maxAttempts: MAX_ATTEMPTS }),
      // Checksums beyond those that S3 demands are refused by some other servers.
      ...(options.endpoint !== undefined && {
        requestChecksumCalculation: "WHEN_REQUIRED",
        responseChecksumValidation: "WHEN_REQUIRED",
      }),
      ...options,
    };
    return new Client(config);
  }

  /** Looking at an object gives the same answer when there is no bucket. */
  async #missing(missing: FileNotFoundError, call: S3Call): Promise<unknown> {
    if (this.#isBucketKnown || missing.details["code"] !== "NotFound") return missing;
    const client = await this.#connect();
    const place = this.#place();
    try {
      await client.headBucket({ Bucket: place.bucket });
      this.#isBucketKnown = true;
      return missing;
    } catch (error) {
      const trouble = awsTrouble(error);
      if (trouble?.status !== 404) return missing;
      const absent = Object.assign(new Error(trouble.cause.message), { name: "NoSuchBucket" });
      return s3Error(absent, call, place);
    }
  }
}

async function bytesOf(
  { Body: body, ContentLength: length }: GetObjectCommandOutput,
  signal: AbortSignal | undefined,
): Promise<Uint8Array> {
  if (!(body instanceof Readable)) throw new TypeError("The SDK gave no stream of Node.");
  const stream = signal === undefined ? body : addAbortSignal(signal, body);
  if (length === undefined) return buffer(stream);
  return bytesOfLength(stream, length);
}

/** Streams that break have errors of many names. */
function cutOff(error: unknown): Error {
  const message = error instanceof Error ? error.message : String(error);
  return Object.assign(new Error(`the content broke off: ${message}`), { name: "NetworkingError" });
}
