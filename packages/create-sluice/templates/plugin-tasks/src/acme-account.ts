/** An account at Acme, saved under a name. */
import { Block, secret } from "@sluice/core/blocks";
import { z } from "zod";

/** Acme refused a call, or could not be reached. */
export class AcmeError extends Error {
  /** Status of the answer; absent when there was none. */
  readonly status: number | undefined;

  constructor(message: string, options: { readonly status?: number; readonly cause?: unknown } = {}) {
    super(message, { cause: options.cause });
    this.name = "AcmeError";
    this.status = options.status;
  }
}

export class AcmeAccount extends Block.define({
  slug: "acme-account",
  name: "Acme Account",
  description: "Where Acme is, and the token that it wants.",
  schema: z.object({ url: z.url({ protocol: /^https?$/ }), token: secret(z.string().min(8)) }),
}) {
  /**
   * What Acme answers, as JSON.
   *
   * @throws {AcmeError} when it refuses, or does not answer in time.
   */
  async get(path: string, signal: AbortSignal): Promise<unknown> {
    const url = new URL(path, this.url);
    let response: Response;
    try {
      response = await fetch(url, { headers: { authorization: `Bearer ${this.token.reveal()}` }, signal });
    } catch (cause) {
      signal.throwIfAborted();
      throw new AcmeError(`${url.host} could not be reached. See whether the URL of the account is right.`, {
        cause,
      });
    }
    if (response.ok) return response.json();
    const { status } = response;
    throw new AcmeError(`${url.host} answered ${status} to GET ${url.pathname}.`, { status });
  }
}
