/** What flows do with the content of files. */
import {
  type FileContent,
  FileSystemError,
  type Input,
  type MapArguments,
  NO_CACHE,
  type State,
  type Task,
  type TaskFuture,
  type TaskFutureList,
  type TaskOptions,
  task,
} from "@sluice/core";
import { type FilePlace, findPlace } from "@sluice/core/blocks";
import { InvalidRequestError } from "@sluice/protocol";
import type { z } from "zod";
import { ofThisRun } from "./file-tasks.ts";

export interface ReadOptions {
  /** A longer file is an error, because it is held in memory. Default 104,857,600. */
  readonly maxBytes?: number | undefined;
}

export interface WriteStorageOptions {
  /** Write only if there is no such file, else fail. Default false. */
  readonly ifAbsent?: boolean | undefined;
}

type JsonArguments<T> = [place: FilePlace, schema?: z.ZodType<T>];

/** A task whose result has the type that its schema gives. */
export interface ReadJsonTask
  extends Omit<Task<JsonArguments<unknown>, unknown>, "submit" | "map" | "returnState" | "withOptions"> {
  <T = unknown>(place: Input<FilePlace>, schema?: z.ZodType<T>): Promise<T>;
  submit<T = unknown>(place: Input<FilePlace>, schema?: z.ZodType<T>): TaskFuture<T>;
  map<T = unknown>(places: MapArguments<[FilePlace]>[0], schema?: z.ZodType<T>): TaskFutureList<T>;
  returnState<T = unknown>(place: Input<FilePlace>, schema?: z.ZodType<T>): Promise<State<T>>;
  withOptions(options: TaskOptions<JsonArguments<unknown>>): ReadJsonTask;
}

const DEFAULT_MAX_BYTES = 100 * 1024 * 1024;
const SHOWN_ISSUES = 5;

/** The bytes of a file. */
export const readStorageBytes: Task<[FilePlace, ReadOptions?], Uint8Array> = task(
  { name: "read-storage-bytes", cachePolicy: NO_CACHE },
  (place: FilePlace, options: ReadOptions = {}): Promise<Uint8Array> => bytesAt(place, options),
);

/** The text of a file, decoded from UTF-8. */
export const readStorageText: Task<[FilePlace, ReadOptions?], string> = task(
  { name: "read-storage-text", cachePolicy: NO_CACHE },
  async (place: FilePlace, options: ReadOptions = {}): Promise<string> =>
    textOf(await bytesAt(place, options)),
);

/**
 * The JSON of a file, as the schema makes it.
 *
 * ```ts
 * const { cities } = await readStorageJson({ fileSystem, path: "cities.json" }, z.object({ cities: z.array(z.string()) }));
 * ```
 *
 * @throws {FileSystemError} when it is no JSON, or does not fit
 */
export const readStorageJson: ReadJsonTask = task(
  { name: "read-storage-json", cachePolicy: NO_CACHE },
  async (place: FilePlace, schema?: z.ZodType): Promise<unknown> => {
    const value = parsedJson(place, textOf(await bytesAt(place, {})));
    if (schema === undefined) return value;
    const parsed = schema.safeParse(value);
    if (parsed.success) return parsed.data;
    const issues = parsed.error.issues.slice(0, SHOWN_ISSUES);
    const words = issues.map(
      ({ path, message }) => `${path.map(String).join(".") || "the whole"}: ${message}`,
    );
    throw new FileSystemError(`The file ${shown(place)} does not fit its schema: ${words.join("; ")}.`);
  },
) as unknown as ReadJsonTask;

/** Writes a file; what is streamed takes constant memory. Readers see the old content or the new. */
export const writeStorageFile: Task<[FilePlace, FileContent, WriteStorageOptions?], void> = task(
  { name: "write-storage-file", cachePolicy: NO_CACHE },
  async (place: FilePlace, content: FileContent, options: WriteStorageOptions = {}): Promise<void> => {
    const { fileSystem, path } = await findPlace(place, ofThisRun());
    await fileSystem.write(path, content, { ...options, ...ofThisRun() });
  },
);

/** Writes a value as JSON. */
export const writeStorageJson: Task<[FilePlace, unknown, WriteStorageOptions?], void> = task(
  { name: "write-storage-json", cachePolicy: NO_CACHE },
  async (place: FilePlace, value: unknown, options: WriteStorageOptions = {}): Promise<void> => {
    const { fileSystem, path } = await findPlace(place, ofThisRun());
    const text: string | undefined = JSON.stringify(value);
    if (text === undefined) {
      throw new InvalidRequestError(
        `What is to be written to ${shown(place)} has no JSON. Give an object, a list, a text, a number or null.`,
      );
    }
    await fileSystem.write(path, text, { ...options, ...ofThisRun() });
  },
);

async function bytesAt(place: FilePlace, { maxBytes = DEFAULT_MAX_BYTES }: ReadOptions): Promise<Uint8Array> {
  const { fileSystem, path } = await findPlace(place, ofThisRun());
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  // One byte more tells that there is one.
  for await (const chunk of fileSystem.readStream(path, { length: maxBytes + 1, ...ofThisRun() })) {
    chunks.push(chunk);
    bytes += chunk.length;
  }
  if (bytes <= maxBytes) return Buffer.concat(chunks);
  throw new FileSystemError(
    `The file ${shown(place)} has more than ${maxBytes} bytes. Raise maxBytes, or read it as a stream.`,
  );
}

function textOf(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("utf8");
}

function parsedJson(place: FilePlace, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const words = cause instanceof Error ? cause.message : String(cause);
    throw new FileSystemError(`The file ${shown(place)} is no JSON: ${words}.`, { cause });
  }
}

function shown({ fileSystem, path }: FilePlace): string {
  return `${path} in ${typeof fileSystem === "string" ? fileSystem : fileSystem.location}`;
}
