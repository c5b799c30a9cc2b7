/**
 * What objects are called that events are related to. Names of flows and deployments do not change, so each is asked for
 * once; those asked for longest ago are forgotten first.
 */
import type { Store } from "../store.ts";

const MAX_NAMES = 10_000;

export class ResourceNames {
  readonly #names = new Map<string, string>();

  /** Undefined when there is no such flow. `store` is that of the transaction under way. */
  flow(store: Store, id: string): Promise<string | undefined> {
    return this.#of(id, async () => (await store.flows.list(byId(id)))[0]?.name);
  }

  /** Undefined when there is no such deployment. */
  deployment(store: Store, id: string): Promise<string | undefined> {
    return this.#of(id, async () => (await store.objects("deployment").list(byId(id)))[0]?.name);
  }

  async #of(id: string, ask: () => Promise<string | undefined>): Promise<string | undefined> {
    const known = this.#names.get(id);
    if (known !== undefined) return known;
    const name = await ask();
    if (name === undefined) return undefined;
    this.#names.set(id, name);
    const [oldest] = this.#names.keys();
    if (this.#names.size > MAX_NAMES && oldest !== undefined) this.#names.delete(oldest);
    return name;
  }
}

/** A list, unlike `find`, does not hold the row until the transaction ends. */
function byId(id: string) {
  return { where: { type: "one-of", member: "id", values: [id] }, limit: 1 } as const;
}
