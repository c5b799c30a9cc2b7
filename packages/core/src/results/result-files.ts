/** Which files a result has: one with everything, or the value and its record apart. Prefect 3 uses the same layouts. */
import type { ResultReference } from "@sluice/protocol";
import type { CallOptions, FileSystem } from "../filesystems/file-system.ts";
import { FileNotFoundError } from "../filesystems/file-system-errors.ts";
import type { FoundRecord, Problem, StoredRecord } from "./result-record.ts";

export interface FindOptions extends CallOptions {
  /** How the value was written, in case the file has the value only. */
  readonly reference?: ResultReference | undefined;
}

export interface ResultFiles {
  write(path: string, record: StoredRecord, options: CallOptions): Promise<void>;
  /** What is at the path, a problem when that is no record, `undefined` when nothing is. */
  find(path: string, options: FindOptions): Promise<FoundRecord | Problem | undefined>;
  delete(path: string, options: CallOptions): Promise<void>;
}

/** One JSON file per result, so that both are written in one step. */
export function joinedFiles(storage: FileSystem): ResultFiles {
  return {
    async write(path, { metadata, text }, options) {
      await storage.write(path, JSON.stringify({ metadata, result: text }), { signal: options.signal });
    },
    async find(path, { reference, signal }) {
      const file = await findText(storage, path, { signal });
      if (file === undefined) return undefined;
      const json = parseObject(file);
      if (isRecordFile(json)) return { metadata: json.metadata, text: json.result };
      if (reference !== undefined) return { metadata: reference, text: file };
      return "problem" in json ? json : { problem: NO_RECORD };
    },
    delete: (path, options) => storage.delete(path, options),
  };
}

/** Values in one place, records in another; a record without its value is no result. */
export function separateFiles(storage: FileSystem, keyStorage: FileSystem): ResultFiles {
  return {
    async write(path, { metadata, text }, { signal }) {
      // The record last: where it is, the value is.
      await storage.write(path, text, { signal });
      await keyStorage.write(path, JSON.stringify(metadata), { signal });
    },
    async find(path, { signal }) {
      const [record, text] = await Promise.all([
        findText(keyStorage, path, { signal }),
        findText(storage, path, { signal }),
      ]);
      if (record === undefined || text === undefined) return undefined;
      const metadata = parseObject(record);
      return "problem" in metadata ? metadata : { metadata, text };
    },
    async delete(path, options) {
      await keyStorage.delete(path, options);
      await storage.delete(path, options);
    },
  };
}

const NO_RECORD = "it is not the file of a result";

function isRecordFile(json: object): json is { readonly metadata: unknown; readonly result: unknown } {
  return "metadata" in json && "result" in json;
}

function parseObject(text: string): object | Problem {
  if (text.trim() === "") return { problem: "it is empty" };
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : { problem: NO_RECORD };
  } catch (error) {
    return {
      problem: `it is cut off or not JSON (${error instanceof Error ? error.message : String(error)})`,
    };
  }
}

async function findText(
  fileSystem: FileSystem,
  path: string,
  options: CallOptions,
): Promise<string | undefined> {
  try {
    return new TextDecoder().decode(await fileSystem.read(path, options));
  } catch (error) {
    if (error instanceof FileNotFoundError) return undefined;
    throw error;
  }
}
