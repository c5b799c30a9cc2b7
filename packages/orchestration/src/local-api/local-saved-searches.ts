/** Saved searches of the in-process API. */
import {
  type ApiCallOptions,
  InvalidRequestError,
  ObjectNotFoundError,
  type PageQuery,
  type SavedSearch,
  type SavedSearchCreate,
  type SavedSearchesApi,
} from "@sluice/protocol";
import { DEFAULT_LIMIT } from "../filters/run-queries.ts";
import { jsonCopy } from "../json-copy.ts";
import type { LocalContext } from "./local-context.ts";
import { checkQuery } from "./requests.ts";

const LONGEST_NAME = 255;

/** Keeps what others search for. */
export class LocalSavedSearches implements SavedSearchesApi {
  readonly #context: LocalContext;

  constructor(context: LocalContext) {
    this.#context = context;
  }

  async save(search: SavedSearchCreate, options?: ApiCallOptions): Promise<SavedSearch> {
    const name = requireName(search.name);
    const filters = jsonCopy(search.filters ?? []).map((filter) => ({
      ...filter,
      value: filter.value ?? null,
    }));
    return this.#context.transaction(options, async (store, { newId, now }) => {
      const searches = store.objects("saved_search");
      const saved = { id: newId(), created: now, updated: now, name, filters };
      const { object, created } = await searches.insert(saved);
      if (!created) await searches.update(object.id, { filters, updated: now });
      return created ? object : { ...object, filters, updated: now };
    });
  }

  async get(id: string, options?: ApiCallOptions): Promise<SavedSearch> {
    options?.signal?.throwIfAborted();
    const search = await this.#context.store.objects("saved_search").find(id);
    if (search === undefined) throw new ObjectNotFoundError("saved search", id);
    return search;
  }

  async delete(id: string, options?: ApiCallOptions): Promise<void> {
    options?.signal?.throwIfAborted();
    const isThere = await this.#context.store.objects("saved_search").delete(id);
    if (!isThere) throw new ObjectNotFoundError("saved search", id);
  }

  async filter({ limit, offset }: PageQuery, options?: ApiCallOptions): Promise<SavedSearch[]> {
    checkQuery({ limit, offset }, options);
    return this.#context.store.objects("saved_search").list({
      orderBy: [{ member: "name", direction: "asc" }],
      limit: limit ?? DEFAULT_LIMIT,
      offset: offset ?? 0,
    });
  }
}

function requireName(name: string): string {
  if (name.length > 0 && name.length <= LONGEST_NAME) return name;
  throw new InvalidRequestError(
    `A saved search cannot have a name of ${name.length} characters. Use 1 to ${LONGEST_NAME}.`,
  );
}
