/** What GitHub refuses, and what goes wrong on the way to it. */
import { SluiceError } from "@sluice/protocol";

/**
 * `denied`: credentials are wrong, have expired or may not do this. `throttled`: too many calls, also after waiting.
 * `absent`: it does not exist, or these credentials may not know of it. `conflict`: it changed meanwhile, or is in no state
 * for this. `invalid`: GitHub does not take what was sent. `unreachable`: no answer. `failed`: GitHub's own trouble.
 */
export type GitHubTrouble =
  | "denied"
  | "throttled"
  | "absent"
  | "conflict"
  | "invalid"
  | "unreachable"
  | "failed";

export interface GitHubErrorFacts {
  readonly trouble: GitHubTrouble;
  /** Absent when there was no answer. */
  readonly status?: number | undefined;
  /** When GitHub is going to take calls again. */
  readonly retryAt?: Date | undefined;
  readonly cause?: unknown;
}

/** A call of GitHub's API failed. Code `CREDENTIALS` when it is denied, else `EXTERNAL_SERVICE`. */
export class GitHubError extends SluiceError {
  readonly trouble: GitHubTrouble;
  readonly status: number | undefined;

  constructor(message: string, { trouble, status, retryAt, cause }: GitHubErrorFacts) {
    super(trouble === "denied" ? "CREDENTIALS" : "EXTERNAL_SERVICE", message, {
      cause,
      details: {
        trouble,
        ...(status !== undefined && { status }),
        ...(retryAt !== undefined && { retryAt }),
      },
    });
    this.trouble = trouble;
    this.status = status;
  }
}
