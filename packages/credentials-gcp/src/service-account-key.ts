/** Finds and checks the key that credentials name. */
import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import type { Secret } from "@sluice/core";
import { GcpCredentialsError } from "./gcp-errors.ts";

export interface KeySource {
  readonly serviceAccountFile?: string | undefined;
  readonly serviceAccountInfo?: Secret<Record<string, unknown>> | undefined;
}

type Key = Record<string, unknown>;

/** What a key has; files for other kinds of identities have other members, which Google's library checks. */
const KEY_MEMBERS = ["client_email", "private_key"] as const;

/**
 * @param name - the credentials in messages, such as `gcp-credentials/prod`
 * @returns undefined when the environment is to be asked
 * @throws {GcpCredentialsError} with the remedy; nothing of the key is shown
 */
export async function serviceAccountKey(source: KeySource, name: string): Promise<Key | undefined> {
  const { serviceAccountFile: file, serviceAccountInfo: info } = source;
  const fail = (problem: string): never => {
    throw new GcpCredentialsError(`The credentials ${name} ${problem}`, { details: { credentials: name } });
  };
  if (file !== undefined && info !== undefined) {
    return fail("have both serviceAccountFile and serviceAccountInfo. Give one of them only.");
  }
  if (file === undefined && info === undefined) return undefined;
  const origin = file === undefined ? "serviceAccountInfo" : `the file ${file}`;
  const key = info?.reveal() ?? (file === undefined ? undefined : await keyInFile(file, fail));
  if (typeof key !== "object" || key === null) {
    return fail(`name ${origin}, which is no JSON object. Download the key of the service account as JSON.`);
  }
  const members: Key = { ...key };
  const missing = KEY_MEMBERS.find((member) => typeof members[member] !== "string");
  if (missing !== undefined && (members["type"] ?? "service_account") === "service_account") {
    return fail(`name ${origin}, which has no ${missing}. Download the key of the service account as JSON.`);
  }
  return members;
}

async function keyInFile(path: string, fail: (problem: string) => never): Promise<unknown> {
  const text = await textOf(path, fail);
  try {
    return JSON.parse(text);
  } catch {
    // The engine's words would show a part of the file.
    return undefined;
  }
}

async function textOf(path: string, fail: (problem: string) => never): Promise<string> {
  try {
    return await readFile(path.replace(/^~(?=$|[/\\])/, homedir()), "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : error;
    return fail(`name the file ${path}, which cannot be read (${String(code)}). Correct serviceAccountFile.`);
  }
}
