/** Requests to the API of a server: credentials, retries, errors. */
import { HistoryUnavailableError } from "@sluice/protocol";
import type { Secret } from "../../logging/secret.ts";
import { retryAfterMs } from "../../outbound/retry-after.ts";
import { retryDelayMs } from "../../outbound/retry-delay.ts";
import { sdkVersion } from "../../results/sdk-version.ts";
import type { Clock } from "../../runtime/clock.ts";
import { onAbort } from "../../runtime/on-abort.ts";
import { type AskedFor, errorOfAnswer, malformedAnswer } from "./answer-error.ts";
import { CsrfToken, isTokenRefused } from "./csrf-token.ts";
import { exchange, type HttpAnswer, NoAnswerError } from "./http-exchange.ts";
import { isMaintenance, isPassing } from "./passing-answer.ts";

export interface HttpClientOptions {
  /** Base URL of the API, such as `http://127.0.0.1:4200/api`. */
  readonly url: string;
  readonly key?: Secret | undefined;
  /** `user:password`; comes before `key`. */
  readonly authString?: Secret | undefined;
  readonly timeoutMs: number;
  readonly maxRetries: number;
  readonly clock: Clock;
  readonly random: () => number;
}

export interface ApiCall {
  readonly method: string;
  /** Below the base URL, with the query. */
  readonly path: string;
  /** JSON. */
  readonly body?: string | undefined;
  /** What the path names, for errors. */
  readonly object?: AskedFor["object"];
  /** Default: the setting's. Calls whose caller tries again by itself have 0. */
  readonly maxRetries?: number | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** Version of the wire's contract that this client speaks. */
const API_VERSION = "0.8.4";

export class HttpClient {
  /** Base URL, without a slash at its end. */
  readonly location: string;
  readonly #options: HttpClientOptions;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #csrf = new CsrfToken();
  /** Whether the server was ever there: if not, its URL is more likely wrong than it is to appear. */
  #hasAnswered = false;

  /** @throws {HistoryUnavailableError} when the URL has a user or password in it. */
  constructor(options: HttpClientOptions) {
    this.#options = options;
    this.location = options.url.replace(/\/+$/, "");
    const { username, password, origin } = new URL(this.location);
    if (username !== "" || password !== "") {
      throw new HistoryUnavailableError(
        `The URL of the server at ${origin} has credentials in it, where they would be shown. Give them as api.auth_string (SLUICE_API_AUTH_STRING), in the form user:password.`,
      );
    }
    this.#headers = {
      "User-Agent": `sluice/${sdkVersion()} (API ${API_VERSION})`,
      "X-PREFECT-API-VERSION": API_VERSION,
      ...authorization(options),
    };
  }

  /**
   * What the server answers: parsed JSON; `undefined` for an empty body.
   *
   * @throws {SluiceError} as `errorOfAnswer` says; a `HistoryUnavailableError` when there is no answer after all retries.
   */
  async call(call: ApiCall): Promise<unknown> {
    const { text } = await this.answer(call);
    if (text === "") return undefined;
    try {
      return JSON.parse(text);
    } catch (error) {
      throw malformedAnswer({ location: this.location, ...call }, error);
    }
  }

  /** The answer itself; its status is one of success. */
  async answer(call: ApiCall): Promise<HttpAnswer> {
    const { clock, maxRetries, random } = this.#options;
    const retries = call.maxRetries ?? maxRetries;
    for (let tries = 1; ; tries += 1) {
      const outcome = await this.#try(call);
      const answer = "answer" in outcome ? outcome.answer : undefined;
      if (answer !== undefined && answer.status >= 200 && answer.status < 300) return answer;
      const isPatient = answer !== undefined && isMaintenance(answer) && retries > 0;
      if (!isPatient && (tries > retries || !this.#canPass(outcome))) {
        throw "error" in outcome
          ? outcome.error
          : errorOfAnswer(outcome.answer, { location: this.location, ...call });
      }
      const askedMs = retryAfterMs(answer?.headers.get("retry-after"));
      await clock.sleep(retryDelayMs(Math.min(tries, retries), askedMs, random), call.signal);
    }
  }

  #canPass(outcome: Outcome): boolean {
    return "answer" in outcome ? isPassing(outcome.answer) : this.#hasAnswered || !outcome.error.isUnsent;
  }

  /** A token that was refused is replaced once. */
  async #try(call: ApiCall): Promise<Outcome> {
    try {
      let answer = await this.#exchange(call);
      if (isTokenRefused(answer)) {
        this.#csrf.forget();
        answer = await this.#exchange(call);
      }
      return { answer };
    } catch (error) {
      if (error instanceof NoAnswerError) return { error };
      throw error;
    }
  }

  async #exchange({ method, path, body, signal }: ApiCall): Promise<HttpAnswer> {
    const answer = await exchange({
      method,
      url: new URL(`${this.location}${path}`),
      headers: {
        ...this.#headers,
        ...(method === "GET" ? {} : await this.#csrfHeaders(signal)),
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      },
      body,
      timeoutMs: this.#options.timeoutMs,
      signal,
    });
    this.#hasAnswered = true;
    return answer;
  }

  /** The request for a token serves every waiting call, so that the signal of one ends the wait of that one only. */
  #csrfHeaders(signal: AbortSignal | undefined): Promise<Readonly<Record<string, string>>> {
    const headers = this.#csrf.headers((path) => this.#exchange({ method: "GET", path }));
    return signal === undefined ? headers : unlessAborted(headers, signal);
  }
}

async function unlessAborted<T>(value: Promise<T>, signal: AbortSignal): Promise<T> {
  let stop = (): void => undefined;
  const aborted = new Promise<never>((_, reject) => {
    stop = onAbort(signal, () => reject(signal.reason));
  });
  try {
    return await Promise.race([value, aborted]);
  } finally {
    stop();
  }
}

type Outcome = { readonly answer: HttpAnswer } | { readonly error: NoAnswerError };

function authorization({ key, authString }: HttpClientOptions): Readonly<Record<string, string>> {
  if (authString !== undefined) {
    return { Authorization: `Basic ${Buffer.from(authString.reveal()).toString("base64")}` };
  }
  return key === undefined ? {} : { Authorization: `Bearer ${key.reveal()}` };
}
