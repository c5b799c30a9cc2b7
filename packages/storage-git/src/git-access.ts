/** How git is let in: what it is told by its environment, and for how long. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Secret } from "@sluice/core";
import type { GitUrl } from "./git-url.ts";

/** For the commands of one operation. */
export interface GitAccess {
  /** Entries of git's configuration. */
  readonly configuration: Readonly<Record<string, string>>;
  readonly environment: Readonly<Record<string, string>>;
  /** The text without what nobody may see. */
  redact(text: string): string;
}

/** Who asks. */
export interface GitIdentity {
  readonly username?: string | undefined;
  readonly token?: Secret | undefined;
  readonly privateKey?: Secret | undefined;
  readonly knownHosts?: string | undefined;
}

const SSH_OPTIONS = [
  "-o BatchMode=yes",
  "-o StrictHostKeyChecking=yes",
  "-o ConnectTimeout=30",
  "-o ServerAliveInterval=15",
  "-o ServerAliveCountMax=4",
];

/** Does `work` with access to the repository. A key is in a file of the user's own meanwhile, which SSH requires. */
export async function withGitAccess<T>(
  { protocol, origin }: GitUrl,
  identity: GitIdentity,
  work: (access: GitAccess) => Promise<T>,
): Promise<T> {
  if (protocol === "http") return work(httpAccess(origin, identity));
  if (protocol === "file") return work(NO_ACCESS);
  const directory = await mkdtemp(join(tmpdir(), "sluice-ssh-"));
  try {
    return await work(await sshAccess(directory, identity));
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

const NO_ACCESS: GitAccess = { configuration: {}, environment: {}, redact: (text) => text };

/** Only this server gets the header: not one that a submodule is on. */
function httpAccess(origin: string, { username = "git", token }: GitIdentity): GitAccess {
  if (token === undefined) return NO_ACCESS;
  const password = token.reveal();
  const basic = Buffer.from(`${username}:${password}`).toString("base64");
  return {
    ...NO_ACCESS,
    configuration: { [`http.${origin}/.extraHeader`]: `Authorization: Basic ${basic}` },
    redact: (text) => text.replaceAll(password, "****").replaceAll(basic, "****"),
  };
}

async function sshAccess(directory: string, { privateKey, knownHosts }: GitIdentity): Promise<GitAccess> {
  const options = [...SSH_OPTIONS];
  if (privateKey !== undefined) {
    const path = join(directory, "key");
    // In environment variables lines often end in the two characters `\n`; SSH wants the last one ended too.
    const key = privateKey.reveal().replaceAll("\\n", "\n").trimEnd();
    await writeFile(path, `${key}\n`, { mode: 0o600 });
    options.push("-F none", "-o IdentitiesOnly=yes", "-o IdentityAgent=none", `-i "${path}"`);
  }
  if (knownHosts !== undefined) {
    const path = join(directory, "known_hosts");
    await writeFile(path, `${knownHosts.trimEnd()}\n`);
    options.push(`-o UserKnownHostsFile="${path}"`);
  }
  return { ...NO_ACCESS, environment: { GIT_SSH_COMMAND: ["ssh", ...options].join(" ") } };
}
