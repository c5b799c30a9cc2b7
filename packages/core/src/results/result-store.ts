/** Results in a file system, by key. */
import { fileURLToPath } from "node:url";
import type { ResultReference } from "@sluice/protocol";
import type { CallOptions, FileSystem } from "../filesystems/file-system.ts";
import { keyPath } from "../filesystems/key-path.ts";
import type { LockManager } from "../locking/lock-manager.ts";
import { type Clock, systemClock } from "../runtime/clock.ts";
import { resolveSerializer, type SerializerName } from "../serializers/resolve-serializer.ts";
import { SerializationError } from "../serializers/serialization-error.ts";
import type { Serializer } from "../serializers/serializer.ts";
import { CorruptResultError } from "./corrupt-result-error.ts";
import { MissingResultError } from "./missing-result-error.ts";
import { recordedSerializer } from "./recorded-serializer.ts";
import { type FindOptions, joinedFiles, type ResultFiles, separateFiles } from "./result-files.ts";
import { type CheckedRecord, checkRecord, makeRecord } from "./result-record.ts";

export interface ResultStoreOptions {
  readonly storage: FileSystem;
  /** Version of the SDK, recorded with each result. */
  readonly sdkVersion: string;
  /** How values are written; each result is read with what it was written with. Default "json". */
  readonly serializer?: Serializer | SerializerName | undefined;
  /** Where the records are kept by which results are found, if apart from the values. */
  readonly keyStorage?: FileSystem | undefined;
  /** Block document of the storage, recorded with each result. */
  readonly storageBlockId?: string | undefined;
  /** What serializable transactions on this store lock keys with. */
  readonly lockManager?: LockManager | undefined;
  readonly clock?: Pick<Clock, "nowUs"> | undefined;
}

export interface WriteResultOptions extends CallOptions {
  /** When the result stops to exist as a cached one; it can still be read. Default: never. */
  readonly expiration?: Date | undefined;
}

/** `reference` tells how to read a value whose record is kept apart, in a `keyStorage` that this store does not have. */
export type ReadResultOptions = FindOptions;

/** A result as read. */
export interface ResultRecord {
  readonly value: unknown;
  readonly metadata: ResultReference;
}

/**
 * Writes values under keys and reads them back. A key is any text, or the `storage_key` of a reference.
 */
export class ResultStore {
  readonly storage: FileSystem;
  readonly serializer: Serializer;
  readonly lockManager: LockManager | undefined;
  readonly #files: ResultFiles;
  readonly #sdkVersion: string;
  readonly #storageBlockId: string | undefined;
  readonly #clock: Pick<Clock, "nowUs">;

  constructor(options: ResultStoreOptions) {
    this.storage = options.storage;
    this.serializer = resolveSerializer(options.serializer ?? "json");
    this.lockManager = options.lockManager;
    this.#files =
      options.keyStorage === undefined
        ? joinedFiles(options.storage)
        : separateFiles(options.storage, options.keyStorage);
    this.#sdkVersion = options.sdkVersion;
    this.#storageBlockId = options.storageBlockId;
    this.#clock = options.clock ?? systemClock();
  }

  /** What `write` will give for the key, without writing anything. */
  referenceFor(key: string, options: Pick<WriteResultOptions, "expiration"> = {}): ResultReference {
    const { type, settings } = this.serializer;
    return {
      storage_key: this.#pathOf(key),
      expiration: options.expiration?.toISOString() ?? null,
      serializer: { ...settings, type },
      prefect_version: this.#sdkVersion,
      storage_block_id: this.#storageBlockId ?? null,
    };
  }

  /**
   * Writes a result, replacing what the key had.
   *
   * @throws {SerializationError} when something in the value cannot be written
   */
  async write(key: string, value: unknown, options: WriteResultOptions = {}): Promise<ResultReference> {
    const reference = this.referenceFor(key, options);
    const record = makeRecord(reference, await this.serializer.dumps(value));
    await this.#files.write(reference.storage_key, record, { signal: options.signal });
    return reference;
  }

  /**
   * Reads a result, also an expired one.
   *
   * @throws {MissingResultError} when there is none
   * @throws {CorruptResultError} when its file is damaged or none of a result
   * @throws {SerializationError} when it was written in a way that is not known here
   */
  async read(key: string, options: ReadResultOptions = {}): Promise<ResultRecord> {
    const path = this.#pathOf(key);
    const record = await this.#find(path, options);
    if (record === undefined) throw new MissingResultError(`"${path}" in ${this.storage.location}`);
    const serializer = this.#serializerOf(record.reference, path);
    return { value: await this.#valueOf(record, serializer, path), metadata: record.reference };
  }

  /**
   * Whether there is a result that has not expired.
   *
   * @throws {CorruptResultError} when its file is damaged or none of a result
   */
  async exists(key: string, options: CallOptions = {}): Promise<boolean> {
    const record = await this.#find(this.#pathOf(key), options);
    return record !== undefined && !this.isExpired(record.reference);
  }

  /** Whether a result has stopped to exist as a cached one. */
  isExpired(metadata: ResultReference): boolean {
    const { expiration } = metadata;
    if (expiration === undefined || expiration === null) return false;
    return Date.parse(expiration) <= this.#clock.nowUs() / 1000;
  }

  /** Removes a result; one that is not there counts as removed. */
  async delete(key: string, options: CallOptions = {}): Promise<void> {
    await this.#files.delete(this.#pathOf(key), options);
  }

  /** Prefect records absolute paths for results in local storage. */
  #pathOf(key: string): string {
    const { location } = this.storage;
    const root = location.startsWith("file:") ? `${fileURLToPath(location)}/` : undefined;
    return keyPath(root !== undefined && key.startsWith(root) ? key.slice(root.length) : key);
  }

  async #find(path: string, options: FindOptions): Promise<CheckedRecord | undefined> {
    const found = await this.#files.find(path, options);
    if (found === undefined) return undefined;
    const record = "problem" in found ? found : checkRecord(found, path);
    if ("problem" in record) throw new CorruptResultError(path, this.storage.location, record.problem);
    return record;
  }

  #serializerOf({ serializer }: ResultReference, path: string): Serializer {
    const found = recordedSerializer(serializer, this.serializer);
    if (!("unreadable" in found)) return found;
    throw new SerializationError(
      `The result "${path}" in ${this.storage.location} was written with the serializer ${found.unreadable}, which cannot be read here. ${found.remedy}`,
      { details: { path, serializer } },
    );
  }

  /** A file that is as it was written but cannot be read is not corrupt: something is missing here, such as a class. */
  async #valueOf(record: CheckedRecord, serializer: Serializer, path: string): Promise<unknown> {
    try {
      return await serializer.loads(record.payload);
    } catch (cause) {
      const problem = cause instanceof Error ? cause.message : String(cause);
      const { location } = this.storage;
      if (!record.isVerified) throw new CorruptResultError(path, location, problem, { cause });
      throw new SerializationError(`The result "${path}" in ${location} cannot be read: ${problem}`, {
        cause,
        details: { path },
      });
    }
  }
}
