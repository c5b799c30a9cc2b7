/** Keys that let programs call the server. Only their digests are kept, so nobody can read them out of the database. */
import { randomBytes } from "node:crypto";
import type { Configuration, Store } from "@sluice/orchestration";
import { ConflictError, InvalidRequestError, ObjectNotFoundError } from "@sluice/protocol";
import { findEntry, newEntry } from "../configuration-entry.ts";
import { digestOf } from "./digest.ts";

/** What is known of a key. */
export interface ApiKey {
  readonly name: string;
  readonly created: string;
  /** SHA-256 of the key, in hexadecimal. */
  readonly digest: string;
}

const CONFIGURATION_PREFIX = "api-key:";
const NAME = /^[\w.-]{1,100}$/u;
/** Makes a key recognisable, to people and to programs that look for leaked ones. */
const KEY_PREFIX = "slk_";
const KEY_BYTES = 32;
/** More would make every request slower, and nobody could tell them apart. */
const MAX_KEYS = 1000;

/** Creates, lists and revokes keys in a history. */
export class ApiKeys {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /**
   * A new key; it can be read here and never again.
   * @throws {ConflictError} when there is a key of this name.
   */
  async create(name: string): Promise<string> {
    if (!NAME.test(name)) {
      throw new InvalidRequestError(
        `${JSON.stringify(name)} cannot be the name of an API key. Use up to 100 letters, digits and . _ -`,
      );
    }
    if ((await this.list()).length >= MAX_KEYS) {
      throw new ConflictError(`There are ${MAX_KEYS} API keys already. Revoke those that nobody uses.`);
    }
    const key = `${KEY_PREFIX}${randomBytes(KEY_BYTES).toString("base64url")}`;
    const entry = newEntry(`${CONFIGURATION_PREFIX}${name}`, { digest: digestOf(key).toString("hex") });
    const { created } = await this.#store.objects("configuration").insert(entry);
    if (!created)
      throw new ConflictError(`There is an API key ${name} already. Revoke it first, or use another name.`);
    return key;
  }

  /** By name. */
  async list(): Promise<ApiKey[]> {
    const stored = await this.#store.objects("configuration").list({
      where: { type: "starts-with", member: "key", prefixes: [CONFIGURATION_PREFIX] },
      orderBy: [{ member: "key", direction: "asc" }],
      limit: MAX_KEYS,
    });
    return stored.flatMap(toApiKey);
  }

  /** @throws {ObjectNotFoundError} when there is no key of this name. */
  async revoke(name: string): Promise<void> {
    const entry = await findEntry(this.#store, `${CONFIGURATION_PREFIX}${name}`);
    if (entry === undefined || !(await this.#store.objects("configuration").delete(entry.id))) {
      throw new ObjectNotFoundError("API key", name);
    }
  }
}

function toApiKey({ key, created, value }: Configuration): ApiKey[] {
  const digest = typeof value === "object" && value !== null && "digest" in value ? value.digest : undefined;
  return typeof digest === "string"
    ? [{ name: key.slice(CONFIGURATION_PREFIX.length), created, digest }]
    : [];
}
