/** The default storage of results of the in-process API. */
import {
  type ApiCallOptions,
  InvalidRequestError,
  type ResultStorage,
  type ResultStorageApi,
  type ResultStorageUpdate,
} from "@sluice/protocol";
import { getBlockDocument, getBlockSchema } from "../blocks/find-blocks.ts";
import type { Store } from "../store.ts";
import type { Configuration } from "../stored-nouns.ts";
import type { LocalContext } from "./local-context.ts";

const KEY = "server-default-result-storage";
const CAPABILITY = "write-path";

/** Keeps which block it is in the configuration. */
export class LocalResultStorage implements ResultStorageApi {
  readonly #context: LocalContext;

  constructor(context: LocalContext) {
    this.#context = context;
  }

  async get(options?: ApiCallOptions): Promise<ResultStorage> {
    options?.signal?.throwIfAborted();
    const { store } = this.#context;
    const id = blockIdIn(await findEntry(store));
    const block = id === null ? undefined : await store.objects("block_document").find(id);
    return { default_result_storage_block_id: block?.id ?? null };
  }

  set(storage: ResultStorageUpdate, options?: ApiCallOptions): Promise<ResultStorage> {
    const value: ResultStorage = {
      default_result_storage_block_id: storage.default_result_storage_block_id,
    };
    return this.#context.transaction(options, async (store, moment) => {
      await requireStorage(store, storage.default_result_storage_block_id);
      const entry = { id: moment.newId(), created: moment.now, updated: moment.now, key: KEY, value };
      const { object, created } = await store.objects("configuration").insert(entry);
      if (!created) await store.objects("configuration").update(object.id, { value, updated: moment.now });
      return value;
    });
  }

  clear(options?: ApiCallOptions): Promise<void> {
    return this.#context.transaction(options, async (store) => {
      const entry = await findEntry(store);
      if (entry !== undefined) await store.objects("configuration").delete(entry.id);
    });
  }
}

async function requireStorage(store: Store, blockId: string): Promise<void> {
  const document = await getBlockDocument(store, blockId);
  const { capabilities } = await getBlockSchema(store, document.block_schema_id);
  if (capabilities.includes(CAPABILITY)) return;
  throw new InvalidRequestError(
    `Results cannot be kept in the block ${document.name}, since files cannot be written to it. Use a block of a file system.`,
  );
}

async function findEntry(store: Store): Promise<Configuration | undefined> {
  const where = { type: "equals", member: "key", value: KEY } as const;
  const [entry] = await store.objects("configuration").list({ where, limit: 1 });
  return entry;
}

function blockIdIn(entry: Configuration | undefined): string | null {
  const value = entry?.value;
  if (typeof value !== "object" || value === null || !("default_result_storage_block_id" in value))
    return null;
  const { default_result_storage_block_id: id } = value;
  return typeof id === "string" ? id : null;
}
