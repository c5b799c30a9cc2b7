/** From what git writes to the errors of file systems. */
import { FileAccessDeniedError, FileSystemError, FileThrottledError } from "@sluice/core";
import { GitHubError } from "@sluice/credentials-github";
import { GitCommandError } from "./run-git.ts";

const SHOWN_LINES = 4;

interface Meaning {
  readonly words: RegExp;
  readonly kind: "denied" | "throttled" | "failed";
  readonly remedy: string;
}

/** The first that fits. */
const MEANINGS: readonly Meaning[] = [
  {
    words: /Host key verification failed|REMOTE HOST IDENTIFICATION HAS CHANGED/i,
    kind: "denied",
    remedy:
      "The server's key is not known: put what `ssh-keyscan` writes into knownHosts, after comparing it with what the server's owner says.",
  },
  {
    words: /error in libcrypto|invalid format|incorrect passphrase/i,
    kind: "denied",
    remedy: "The privateKey cannot be read: give the whole file, of a key without a passphrase.",
  },
  {
    words: /error: 429|rate limit|too many requests/i,
    kind: "throttled",
    remedy: "Try again later.",
  },
  {
    words:
      /Authentication failed|could not read (Username|Password)|error: 40[13]|HTTP 40[13]|Permission denied \(|access denied|Invalid username or/i,
    kind: "denied",
    remedy: "Check credentials: they may be missing, wrong or expired, or may not read this repository.",
  },
  {
    words: /git-lfs|'lfs' is not a git command/i,
    kind: "failed",
    remedy: "Install git-lfs, or set lfs to false to get pointers in place of contents.",
  },
  {
    words:
      /resolve host|Connection (refused|reset|timed out)|timed out|Could not connect|hung up|early EOF|unreachable/i,
    kind: "failed",
    remedy: "The server cannot be reached, or broke off: check the URL and the network.",
  },
  {
    words: /not found|does not appear to be a git repository|does not exist|error: 404/i,
    kind: "failed",
    remedy:
      "There is no such repository, or these credentials may not know of it: check the URL and credentials.",
  },
];

const MISSING = "Install git, and see that it is on the PATH.";
const TIMEOUT = "Give it a longer timeoutSeconds, or a smaller directory.";

/** The error to throw; those that are not git's are given back as they are. */
export function gitFileError(error: unknown, location: string): unknown {
  if (error instanceof GitHubError) {
    const options = { cause: error, details: { location } };
    const message = `Cannot read ${location}: ${error.message}`;
    return error.trouble === "denied"
      ? new FileAccessDeniedError(message, options)
      : new FileSystemError(message, options);
  }
  if (!(error instanceof GitCommandError)) return error;
  const { output, reason } = error;
  const meaning = reason === "failed" ? MEANINGS.find(({ words }) => words.test(output)) : undefined;
  const otherwise = reason === "missing" ? MISSING : reason === "timeout" ? TIMEOUT : "";
  const said = output.split("\n").slice(-SHOWN_LINES).join(" ");
  const message = `Cannot read ${location}: ${meaning?.remedy ?? otherwise} (git: ${said})`;
  const options = { cause: error, details: { location } };
  switch (meaning?.kind) {
    case "denied":
      return new FileAccessDeniedError(message, options);
    case "throttled":
      return new FileThrottledError(message, options);
    case "failed":
    case undefined:
      return new FileSystemError(message, options);
  }
}
