/** The file that a key is in, which only its owner can read. */
import { randomBytes } from "node:crypto";
import {
  closeSync,
  fsyncSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { dirname } from "node:path";
import { EncryptionKeyError, randomId } from "@sluice/protocol";

const OWNER_ONLY = 0o600;
const OWNER_ONLY_DIRECTORY = 0o700;
/** Of file systems that have no links. */
const NO_LINKS: ReadonlySet<string> = new Set(["EPERM", "ENOTSUP", "EOPNOTSUPP", "ENOSYS"]);

/** What the file holds, and a text that changes when it does; undefined when there is none. */
export function readKeyFile(
  path: string,
  known?: string,
): { readonly text?: string; readonly mark: string } | undefined {
  return orExplained(path, "read", () => {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat === undefined) return undefined;
    const mark = `${stat.ino} ${stat.size} ${stat.mtimeMs}`;
    return mark === known ? { mark } : { mark, text: readFileSync(path, "utf8") };
  });
}

/** Makes the file with a new key, unless another process is faster. */
export function makeKeyFile(path: string): void {
  orExplained(path, "written", () => {
    mkdirSync(dirname(path), { recursive: true, mode: OWNER_ONLY_DIRECTORY });
    const temporary = writeBeside(path, `${newKey()}\n`);
    try {
      linkSync(temporary, path);
      syncDirectory(path);
    } catch (error) {
      if (isCoded(error) && NO_LINKS.has(error.code)) renameSync(temporary, path);
      else if (!(isCoded(error) && error.code === "EEXIST")) throw error;
    } finally {
      rmSync(temporary, { force: true });
    }
  });
}

/** Puts a new key before those in the file, which seals from then on. */
export function addKeyToFile(path: string): void {
  orExplained(path, "written", () => {
    const temporary = writeBeside(path, `${newKey()}\n${readFileSync(path, "utf8").trim()}\n`);
    renameSync(temporary, path);
    syncDirectory(path);
  });
}

function newKey(): string {
  return randomBytes(32).toString("base64");
}

/** A file that is all there or not at all, for what it holds cannot be made again. */
function writeBeside(path: string, text: string): string {
  const temporary = `${path}.${randomId()}`;
  const file = openSync(temporary, "wx", OWNER_ONLY);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  return temporary;
}

/** So that the file's name outlives a power failure, as what is sealed with its key does. */
function syncDirectory(path: string): void {
  if (process.platform === "win32") return;
  const directory = openSync(dirname(path), "r");
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}

function orExplained<T>(path: string, done: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!isCoded(error)) throw error;
    throw new EncryptionKeyError(
      `The encryption key in ${path} cannot be ${done} (${error.code}). Let its owner read and write it, or set SLUICE_ENCRYPTION_KEY.`,
      { cause: error, details: { path } },
    );
  }
}

function isCoded(error: unknown): error is Error & { readonly code: string } {
  return error instanceof Error && "code" in error && typeof error.code === "string";
}
