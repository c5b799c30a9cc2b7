/** The token by which a server that asks for one knows that a change comes from a client of its own. */
import { randomId } from "@sluice/protocol";
import type { HttpAnswer } from "./http-exchange.ts";

/** Asks the server; `path` has the query. */
type Ask = (path: string) => Promise<HttpAnswer>;

type TokenHeaders = Readonly<Record<string, string>>;

/** A token is renewed this long before it ends. */
const MARGIN_MS = 60_000;
/** What a server answers that has the protection off, or does not know it. */
const OFF_STATUSES: ReadonlySet<number> = new Set([404, 422]);

export class CsrfToken {
  readonly #client = randomId();
  #headers: Promise<TokenHeaders> | undefined;
  #validUntilMs = Number.POSITIVE_INFINITY;

  /** What a changing request has to carry: nothing, if the server does not ask for it. */
  headers(ask: Ask): Promise<TokenHeaders> {
    if (this.#headers === undefined || Date.now() > this.#validUntilMs) {
      this.#headers = this.#issue(ask);
      this.#headers.catch(() => this.forget());
    }
    return this.#headers;
  }

  /** The next request asks for a new token. */
  forget(): void {
    this.#headers = undefined;
  }

  async #issue(ask: Ask): Promise<TokenHeaders> {
    this.#validUntilMs = Number.POSITIVE_INFINITY;
    const { status, text } = await ask(`/csrf-token?client=${this.#client}`);
    if (OFF_STATUSES.has(status)) return {};
    // Anything else that is no token shows in the answer to the request itself.
    if (status !== 200) this.#validUntilMs = 0;
    return status === 200 ? this.#headersOf(text) : {};
  }

  #headersOf(text: string): TokenHeaders {
    const { token, expiration } = JSON.parse(text) as { token: string; expiration: string };
    const endMs = Date.parse(expiration);
    if (!Number.isNaN(endMs)) this.#validUntilMs = Math.max(endMs - MARGIN_MS, Date.now() + MARGIN_MS);
    return { "Prefect-Csrf-Token": token, "Prefect-Csrf-Client": this.#client };
  }
}

/** Whether the server refused a request for its token alone, or for having none. */
export function isTokenRefused({ status, text }: HttpAnswer): boolean {
  return status === 403 && /CSRF token|client identifier/.test(text);
}
