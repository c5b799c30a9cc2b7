/** Block types of the in-process API. */
import {
  type ApiCallOptions,
  type BlockType,
  type BlockTypeCreate,
  type BlockTypeQuery,
  type BlockTypesApi,
  type BlockTypeUpdate,
  ForbiddenError,
} from "@sluice/protocol";
import { getBlockType, getBlockTypeBySlug } from "../blocks/find-blocks.ts";
import { installSystemTypes } from "../blocks/system-types.ts";
import { createType, deleteType, updateType } from "../blocks/write-types.ts";
import { blockTypeQuery } from "../filters/block-filters.ts";
import type { LocalContext } from "./local-context.ts";
import { checkQuery } from "./requests.ts";

const RESERVED = /^prefect/iu;

/** Makes, changes and finds block types. */
export class LocalBlockTypes implements BlockTypesApi {
  readonly #context: LocalContext;

  constructor(context: LocalContext) {
    this.#context = context;
  }

  async create(create: BlockTypeCreate, options?: ApiCallOptions): Promise<BlockType> {
    if (RESERVED.test(create.name)) {
      throw new ForbiddenError(
        `A block type cannot be named ${JSON.stringify(create.name)}: names that begin with Prefect are reserved.`,
      );
    }
    return this.#context.transaction(options, (store, moment) => createType(store, create, moment));
  }

  async get(id: string, options?: ApiCallOptions): Promise<BlockType> {
    options?.signal?.throwIfAborted();
    return getBlockType(this.#context.store, id);
  }

  async getBySlug(slug: string, options?: ApiCallOptions): Promise<BlockType> {
    options?.signal?.throwIfAborted();
    return getBlockTypeBySlug(this.#context.store, slug);
  }

  update(id: string, changes: BlockTypeUpdate, options?: ApiCallOptions): Promise<void> {
    return this.#context.transaction(options, async (store, moment) =>
      updateType(store, await getBlockType(store, id), changes, moment),
    );
  }

  delete(id: string, options?: ApiCallOptions): Promise<void> {
    return this.#context.transaction(options, async (store, moment) =>
      deleteType(store, await getBlockType(store, id), moment),
    );
  }

  async filter(query: BlockTypeQuery, options?: ApiCallOptions): Promise<BlockType[]> {
    checkQuery(query, options);
    return this.#context.store.objects("block_type").list(blockTypeQuery(query));
  }

  installSystemTypes(options?: ApiCallOptions): Promise<void> {
    return this.#context.transaction(options, installSystemTypes);
  }
}
