/** Decides who may call the server: whoever has the auth string or an API key; everybody when there is neither. */
import type { ApiKeys } from "./api-keys.ts";
import { digestOf, isSameDigest } from "./digest.ts";

export interface GateOptions {
  /** `user:password`, as Prefect's clients send it. */
  readonly authString?: string | undefined;
  readonly apiKeys: Pick<ApiKeys, "list">;
  readonly now?: (() => number) | undefined;
}

/** A key that was created or revoked counts after at most this time. */
const KEYS_FRESH_MS = 5000;

export class Gate {
  readonly #authDigest: Buffer | undefined;
  readonly #apiKeys: Pick<ApiKeys, "list">;
  readonly #now: () => number;
  #keyDigests: readonly Buffer[] = [];
  #staleAt = Number.NEGATIVE_INFINITY;
  #reading: Promise<void> | undefined;

  constructor({ authString, apiKeys, now = () => performance.now() }: GateOptions) {
    this.#authDigest = authString === undefined ? undefined : digestOf(authString);
    this.#apiKeys = apiKeys;
    this.#now = now;
  }

  /** Whether nobody has to say who they are. */
  async isOpen(): Promise<boolean> {
    await this.#refresh();
    return this.#authDigest === undefined && this.#keyDigests.length === 0;
  }

  /** Whether a request with this `Authorization` may pass: `Basic` with the auth string, or `Bearer` with either. */
  async allowsHeader(authorization: string | undefined): Promise<boolean> {
    const [, scheme = "", value = ""] = /^(basic|bearer) +(\S+)$/iu.exec(authorization ?? "") ?? [];
    return this.allowsToken(
      scheme.toLowerCase() === "basic" ? Buffer.from(value, "base64").toString() : value,
    );
  }

  /** Whether a socket that presents this token (the auth string or an API key) may stay. */
  async allowsToken(token: string | null | undefined): Promise<boolean> {
    if (await this.isOpen()) return true;
    const digest = digestOf(token ?? "");
    const secrets =
      this.#authDigest === undefined ? this.#keyDigests : [this.#authDigest, ...this.#keyDigests];
    // All of them are compared, so that time does not tell which it was.
    return secrets.filter((secret) => isSameDigest(secret, digest)).length > 0;
  }

  async #refresh(): Promise<void> {
    if (this.#now() < this.#staleAt) return;
    this.#reading ??= this.#read().finally(() => {
      this.#reading = undefined;
    });
    await this.#reading;
  }

  async #read(): Promise<void> {
    const keys = await this.#apiKeys.list();
    this.#keyDigests = keys.map(({ digest }) => Buffer.from(digest, "hex"));
    this.#staleAt = this.#now() + KEYS_FRESH_MS;
  }
}
