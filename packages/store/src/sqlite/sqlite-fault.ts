/** SQLite's result codes, and what each means to the person whose history it is. */
import { ConflictError, HistoryUnavailableError } from "@sluice/protocol";

/** Primary result codes (https://www.sqlite.org/rescode.html). */
const BUSY_CODES: ReadonlySet<number> = new Set([5, 6, 15]); // BUSY, LOCKED, PROTOCOL (a race for the WAL's locks)

interface Fault {
  readonly what: string;
  readonly remedy: string;
}

const CORRUPT: Fault = {
  what: "is not a readable SQLite database (it is damaged, or another kind of file)",
  remedy:
    "Move the file and its -wal and -shm companions away (Sluice deletes nothing) and a new history is begun; " +
    "`sqlite3 <file> .recover` can often save the contents of a damaged one",
};
const FULL: Fault = {
  what: "cannot be written because the disk is full",
  remedy: "Free some space and go on; everything recorded before is kept and readable",
};

const READ_ONLY: Fault = {
  what: "is read-only",
  remedy: "Give this user write permission on the file and its directory, or choose another path",
};

const FAULTS: Readonly<Record<number, Fault>> = {
  3: {
    what: "may not be opened by this user",
    remedy: "Give this user read and write permission on the file and its directory, or choose another path",
  },
  8: READ_ONLY,
  10: {
    what: "cannot be read or written because the disk reports errors",
    remedy: "Check the disk and whether the file is on a network mount, which SQLite cannot use safely",
  },
  11: CORRUPT,
  13: FULL,
  14: {
    what: "cannot be opened",
    remedy:
      "Check that the path is a file in a directory that this user can read and write, or choose another path",
  },
  22: {
    what: "is too large for this file system",
    remedy: "Move the file to a file system with large files",
  },
  26: CORRUPT,
};

/** SQLITE_IOERR_SHMSIZE: the file of the shared-memory index could not grow, which is how a full disk shows there. */
const IOERR_SHMSIZE = 4874;

/** The driver has no `rawCode` on errors of opening; the code ends their message. */
const OPEN_FAILURE = /^ConnectionFailed\(".*: (\d+)"\)$/su;

/** The extended result code of an error of the driver, or undefined when it is no such error. */
function sqliteCode(error: unknown): number | undefined {
  if (!(error instanceof Error)) return undefined;
  if ("rawCode" in error && typeof error.rawCode === "number") return error.rawCode;
  const code = OPEN_FAILURE.exec(error.message)?.[1];
  return code === undefined ? undefined : Number(code);
}

/** Whether another connection holds what this one needs, so that trying again helps. */
export function isBusy(error: unknown): boolean {
  const code = sqliteCode(error);
  return code !== undefined && BUSY_CODES.has(code & 0xff);
}

/** Whether the disk is full or read-only: what was recorded is safe, and nothing can be added. */
export function isUnwritable(error: unknown): boolean {
  const code = sqliteCode(error);
  return code !== undefined && [FULL, READ_ONLY].includes(faultOf(code) ?? CORRUPT);
}

/** SQLITE_CONSTRAINT_PRIMARYKEY and SQLITE_CONSTRAINT_UNIQUE. */
const UNIQUE_VIOLATIONS: readonly (number | undefined)[] = [1555, 2067];

/** A `ConflictError` for an error of the driver about a unique key; `error` itself for every other. */
export function toConflict(error: unknown): unknown {
  if (!UNIQUE_VIOLATIONS.includes(sqliteCode(error))) return error;
  return new ConflictError("Another object has the same keys. Change them, or change that object.", {
    cause: error,
  });
}

/**
 * The error to throw for an error of the driver: a `HistoryUnavailableError` for what lies in the file or its disk, and
 * `error` itself for everything else.
 */
export function toHistoryError(error: unknown, path: string): unknown {
  const code = sqliteCode(error);
  const fault = code === undefined ? undefined : faultOf(code);
  if (fault === undefined) return error;
  return new HistoryUnavailableError(
    `The history ${path} ${fault.what}. ${fault.remedy.replace("<file>", path)}.`,
    {
      cause: error,
      details: { path, sqliteCode: code },
    },
  );
}

function faultOf(code: number): Fault | undefined {
  return code === IOERR_SHMSIZE ? FULL : FAULTS[code & 0xff];
}
