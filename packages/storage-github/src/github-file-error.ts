/** From what GitHub says to the errors of file systems. */
import { FileAccessDeniedError, FileSystemError, FileThrottledError } from "@sluice/core";
import { GitHubError } from "@sluice/credentials-github";

/** The error to throw; those that are not GitHub's are given back as they are. */
export function githubFileError(error: unknown, action: string, location: string): unknown {
  if (!(error instanceof GitHubError)) return error;
  const message = `Cannot ${action} in ${location}: ${error.message}`;
  const options = { cause: error, details: { ...error.details, location } };
  switch (error.trouble) {
    case "denied":
      return new FileAccessDeniedError(message, options);
    case "throttled":
      return new FileThrottledError(message, options);
    case "absent":
    case "conflict":
    case "invalid":
    case "unreachable":
    case "failed":
      return new FileSystemError(message, options);
  }
}
