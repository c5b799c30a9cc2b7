/** From an answer of GitHub that is no success to what it means. */
import { GitHubError, type GitHubTrouble } from "./github-error.ts";
import type { OpenAnswer } from "./open-answer.ts";

/** Of what a server says in an error, as much is shown. */
const SHOWN_CHARACTERS = 300;

export interface RefusedCall {
  /** Such as `GET /repos/acme/flows`. */
  readonly call: string;
  /** The block with the credentials. */
  readonly credentials: string;
}

const REMEDIES: Readonly<Record<GitHubTrouble, string>> = {
  denied: "", // Depends on the status.
  throttled: "Make fewer calls, or give credentials, which are allowed more than calls without.",
  absent: "Check the names; what is private needs credentials that may read it.",
  conflict: "It may have changed meanwhile: try again.",
  invalid: "Correct what was sent.",
  unreachable: "Check baseUrl and the network.",
  failed: "Try again later; https://www.githubstatus.com tells of incidents.",
};

/** The error for an answer; reads its body. */
export async function refusedAnswer(
  answer: OpenAnswer,
  { call, credentials }: RefusedCall,
): Promise<GitHubError> {
  const { status } = answer;
  const said = await messageOf(answer);
  const retryAt = refusedUntil(answer, said);
  const trouble = retryAt === undefined ? troubleOf(status) : "throttled";
  const remedy = trouble === "denied" ? deniedRemedy(status, credentials) : REMEDIES[trouble];
  const until = retryAt === undefined ? "" : ` until ${retryAt.toISOString()}`;
  const message = `GitHub refused ${call}${until} with ${status} (${said}). ${remedy}`;
  return new GitHubError(message, { trouble, status, retryAt });
}

/**
 * When GitHub is going to take calls again, if it refused this one for their number. It says so with 403 or 429, and
 * either header; for secondary limits sometimes in words only, and asks for a minute then.
 */
function refusedUntil({ status, headers }: OpenAnswer, said: string): Date | undefined {
  if (status !== 403 && status !== 429) return undefined;
  const seconds = headers.get("retry-after");
  if (seconds !== null && /^\d+$/.test(seconds)) return new Date(Date.now() + Number(seconds) * 1000);
  const reset = headers.get("x-ratelimit-reset");
  if (headers.get("x-ratelimit-remaining") === "0" && reset !== null) return new Date(Number(reset) * 1000);
  const isLimited = status === 429 || /rate limit|abuse detection/i.test(said);
  return isLimited ? new Date(Date.now() + 60_000) : undefined;
}

function troubleOf(status: number): GitHubTrouble {
  switch (status) {
    case 401:
    case 403:
      return "denied";
    case 404:
    case 410:
    case 451:
      return "absent";
    case 409:
      return "conflict";
    default:
      return status < 500 ? "invalid" : "failed";
  }
}

function deniedRemedy(status: number, credentials: string): string {
  return status === 401
    ? `The token of ${credentials} is missing, wrong or has expired: give it a new one.`
    : `What ${credentials} holds may not do this: give its token the permission, and authorise it where single sign-on is required.`;
}

/** GitHub's words are about what was sent, which are names and never credentials. */
async function messageOf(answer: OpenAnswer): Promise<string> {
  const text = await answer.text();
  return (wordsIn(text) ?? (text === "" ? answer.statusText : text)).slice(0, SHOWN_CHARACTERS);
}

function wordsIn(text: string): string | undefined {
  let body: unknown;
  try {
    body = JSON.parse(text);
  } catch {
    // A proxy answered, in its own words.
    return undefined;
  }
  if (typeof body !== "object" || body === null || !("message" in body)) return undefined;
  const errors = "errors" in body && Array.isArray(body.errors) ? body.errors : [];
  const details = errors.map((error: unknown) => (typeof error === "string" ? error : JSON.stringify(error)));
  return [String(body.message), ...details].join("; ");
}
