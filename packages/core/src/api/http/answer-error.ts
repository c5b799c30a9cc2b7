/** What an answer that says no means here. */
import {
  ConflictError,
  EncryptionKeyError,
  ForbiddenError,
  HistoryUnavailableError,
  InvalidRequestError,
  LeaseEndedError,
  ObjectNotFoundError,
  SlotsTakenError,
  SluiceError,
  UnsuitableRequestError,
} from "@sluice/protocol";
import { type AnswerWords, wordsOf } from "./answer-words.ts";
import type { HttpAnswer } from "./http-exchange.ts";

/** What was asked for, for the words of errors. */
export interface AskedFor {
  /** Base URL of the API. */
  readonly location: string;
  readonly method: string;
  /** Of the request, below the API's. */
  readonly path: string;
  /** The object of the request, such as `flow run`, and its id. */
  readonly object?: { readonly noun: string; readonly id: string } | undefined;
}

/** The error of an answer whose status is not one of success. */
export function errorOfAnswer(answer: HttpAnswer, asked: AskedFor): SluiceError {
  const { status } = answer;
  const { location, object } = asked;
  const call = `${asked.method} ${asked.path}`;
  const words = wordsOf(answer.text);
  const said = words.text === "" ? `${status}` : `${status}: ${words.text}`;
  const refused = `The server refused ${call} (${said}).`;
  const options = { details: { url: location, call, status } };
  const missing = status === 404 ? missingObject(words, object) : undefined;
  if (missing !== undefined) return missing;
  if (status === 410 && object !== undefined) return new LeaseEndedError(object.id);
  if (status === 400) return new UnsuitableRequestError(refused, options);
  if (status === 403) return new ForbiddenError(refused, options);
  if (status === 409) return new ConflictError(refused, options);
  if (status === 423) return new SlotsTakenError(refused, retryAfterSeconds(answer));
  if (status === 401) return new HistoryUnavailableError(`${unlet(location)} (${said}).`, options);
  if (MISROUTED.has(status)) {
    return new HistoryUnavailableError(
      `The server at ${location} has no ${call} (${said}). Does api.url (SLUICE_API_URL) end in /api?`,
      options,
    );
  }
  if (words.code === "ENCRYPTION_KEY") return new EncryptionKeyError(words.text, options);
  if (status >= 500 || status === 408 || status === 429) {
    return new HistoryUnavailableError(`The server at ${location} could not do ${call} (${said}).`, options);
  }
  return new InvalidRequestError(refused, options);
}

/** What a server says that has no such path. */
const NO_PATH = "Not Found";

/** `undefined` when it is the path that is missing. A server of ours says which object it is, Prefect only of what kind. */
function missingObject(words: AnswerWords, object: AskedFor["object"]): SluiceError | undefined {
  if (words.code === "OBJECT_NOT_FOUND")
    return new SluiceError("OBJECT_NOT_FOUND", words.text, { details: { ...object } });
  if (object !== undefined) return new ObjectNotFoundError(object.noun, object.id);
  if (!words.isOfApi || words.text === NO_PATH) return undefined;
  return new SluiceError("OBJECT_NOT_FOUND", words.text);
}

/** What something answers that is not the API, or not where we look for it. */
const MISROUTED: ReadonlySet<number> = new Set([301, 302, 303, 404, 405]);

function unlet(location: string): string {
  return `The server at ${location} does not let us in; check api.key (SLUICE_API_KEY) or api.auth_string (SLUICE_API_AUTH_STRING)`;
}

function retryAfterSeconds({ headers }: HttpAnswer): number | null {
  const seconds = Number.parseFloat(headers.get("retry-after") ?? "");
  return Number.isNaN(seconds) ? null : seconds;
}

/** The error of an answer of success that makes no sense. */
export function malformedAnswer(asked: AskedFor, cause: unknown): HistoryUnavailableError {
  return new HistoryUnavailableError(
    `The server at ${asked.location} answered ${asked.method} ${asked.path} with something that is not JSON. Does api.url (SLUICE_API_URL) name the API of a server, and end in /api?`,
    { cause, details: { url: asked.location } },
  );
}
