/** Block schemas of the in-process API. */
import {
  type ApiCallOptions,
  type BlockSchema,
  type BlockSchemaCreate,
  type BlockSchemaQuery,
  type BlockSchemasApi,
  type BlockSchemaVersion,
  ForbiddenError,
  ObjectNotFoundError,
} from "@sluice/protocol";
import { findSchemaByChecksum, getBlockSchema, getBlockType } from "../blocks/find-blocks.ts";
import { createSchema, deleteSchema } from "../blocks/write-schemas.ts";
import { blockSchemaQuery } from "../filters/block-filters.ts";
import type { Store } from "../store.ts";
import type { StoredBlockSchema } from "../stored-nouns.ts";
import type { LocalContext } from "./local-context.ts";
import { checkQuery } from "./requests.ts";

const PAGE = 200;

/** Makes and finds block schemas. */
export class LocalBlockSchemas implements BlockSchemasApi {
  readonly #context: LocalContext;

  constructor(context: LocalContext) {
    this.#context = context;
  }

  create(create: BlockSchemaCreate, options?: ApiCallOptions): Promise<BlockSchema> {
    return this.#context.transaction(options, async (store, moment) => {
      const type = await getBlockType(store, create.block_type_id);
      return { ...(await createSchema(store, type, create, moment)), block_type: type };
    });
  }

  async get(id: string, options?: ApiCallOptions): Promise<BlockSchema> {
    options?.signal?.throwIfAborted();
    const { store } = this.#context;
    return withType(store, await getBlockSchema(store, id));
  }

  async getByChecksum(
    checksum: string,
    query?: BlockSchemaVersion,
    options?: ApiCallOptions,
  ): Promise<BlockSchema> {
    options?.signal?.throwIfAborted();
    const { store } = this.#context;
    const schema = await findSchemaByChecksum(store, checksum, query?.version);
    if (schema === undefined) throw new ObjectNotFoundError("block schema", checksum);
    return withType(store, schema);
  }

  delete(id: string, options?: ApiCallOptions): Promise<void> {
    return this.#context.transaction(options, async (store, moment) => {
      const schema = await getBlockSchema(store, id);
      const type = await getBlockType(store, schema.block_type_id);
      if (type.is_protected) {
        throw new ForbiddenError(
          `Schemas of the block type ${type.slug} belong to the installation and cannot be deleted.`,
        );
      }
      await deleteSchema(store, id, moment);
    });
  }

  async filter(query: BlockSchemaQuery, options?: ApiCallOptions): Promise<BlockSchema[]> {
    checkQuery(query, options);
    const { store } = this.#context;
    const schemas = await store.objects("block_schema").list(blockSchemaQuery(query));
    const values = [...new Set(schemas.map((schema) => schema.block_type_id))];
    const types =
      values.length === 0
        ? []
        : await store.objects("block_type").list({ where: { type: "one-of", member: "id", values } });
    const byId = new Map(types.map((type) => [type.id, type]));
    return schemas.map((schema) => ({ ...schema, block_type: byId.get(schema.block_type_id) ?? null }));
  }

  async listCapabilities(options?: ApiCallOptions): Promise<string[]> {
    options?.signal?.throwIfAborted();
    const found = new Set<string>();
    for (let offset = 0; ; offset += PAGE) {
      const schemas = await this.#context.store.objects("block_schema").list({ limit: PAGE, offset });
      for (const { capabilities } of schemas) for (const each of capabilities) found.add(each);
      if (schemas.length < PAGE) return [...found].toSorted();
    }
  }
}

async function withType(store: Store, schema: StoredBlockSchema): Promise<BlockSchema> {
  return { ...schema, block_type: (await store.objects("block_type").find(schema.block_type_id)) ?? null };
}
