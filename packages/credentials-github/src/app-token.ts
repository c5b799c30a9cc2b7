/** Tokens of a GitHub App's installation: made from its private key, and renewed before they end. */
import { createPrivateKey, createSign, type KeyObject } from "node:crypto";
import { Secret } from "@sluice/core";
import { z } from "zod";
import { GitHubError } from "./github-error.ts";

/** GitHub takes assertions of ten minutes at most; clocks may differ by one. */
const ASSERTED_SECONDS = 540;
const CLOCK_SKEW_SECONDS = 60;
const RENEWED_BEFORE_MS = 5 * 60_000;

export interface GitHubApp {
  readonly appId: string;
  readonly privateKey: Secret;
  readonly installationId: string;
  /** The block that has these, for messages. */
  readonly credentials: string;
}

/** Asks GitHub for the token of an installation, with an assertion in place of a token. */
export type TokenExchange = (installationId: string, assertion: Secret) => Promise<unknown>;

const answer = z.object({ token: z.string().min(1), expires_at: z.coerce.date() });

interface InstallationToken {
  readonly token: Secret;
  readonly endsAt: Date;
}

/** Gives the present token of an installation. */
export class AppToken {
  readonly #app: GitHubApp;
  readonly #exchange: TokenExchange;
  #current: Promise<InstallationToken> | undefined;

  constructor(app: GitHubApp, exchange: TokenExchange) {
    this.#app = app;
    this.#exchange = exchange;
  }

  async get(): Promise<Secret> {
    const known = this.#current;
    if (known !== undefined) {
      const { token, endsAt } = await known;
      if (endsAt.getTime() - RENEWED_BEFORE_MS > Date.now()) return token;
    }
    // Whoever else waited for the old one may have begun already.
    if (this.#current === known) this.#current = this.#renew();
    return (await (this.#current ?? this.#renew())).token;
  }

  /** For when GitHub takes the present one no more. */
  forget(): void {
    this.#current = undefined;
  }

  async #renew(): Promise<InstallationToken> {
    try {
      const { installationId } = this.#app;
      const { token, expires_at } = answer.parse(
        await this.#exchange(installationId, assertionOf(this.#app)),
      );
      return { token: new Secret(token), endsAt: expires_at };
    } catch (error) {
      this.forget();
      throw error;
    }
  }
}

/** A JSON Web Token (RFC 7519) by which the App says who it is. */
function assertionOf(app: GitHubApp): Secret {
  const now = Math.floor(Date.now() / 1000);
  const claims = { iat: now - CLOCK_SKEW_SECONDS, exp: now + ASSERTED_SECONDS, iss: app.appId };
  const signed = [{ alg: "RS256", typ: "JWT" }, claims].map(base64Url).join(".");
  const signature = createSign("RSA-SHA256").update(signed).sign(keyOf(app), "base64url");
  return new Secret(`${signed}.${signature}`);
}

function base64Url(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

/** In environment variables lines often end in the two characters `\n`. */
function keyOf({ privateKey, credentials }: GitHubApp): KeyObject {
  try {
    return createPrivateKey(privateKey.reveal().replaceAll("\\n", "\n"));
  } catch {
    // OpenSSL's words would add nothing, and are not ours to vouch for.
    const message = `privateKey of ${credentials} is no private key. Give it the whole PEM file that GitHub made for the App.`;
    throw new GitHubError(message, { trouble: "denied" });
  }
}
