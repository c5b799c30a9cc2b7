/** Block documents of the in-process API. */
import type {
  ApiCallOptions,
  BlockDocument,
  BlockDocumentCountQuery,
  BlockDocumentCreate,
  BlockDocumentQuery,
  BlockDocumentsApi,
  BlockDocumentUpdate,
  SecretsWanted,
} from "@sluice/protocol";
import { getBlockDocument, getBlockTypeBySlug, getDocumentByName } from "../blocks/find-blocks.ts";
import { readDocuments } from "../blocks/read-documents.ts";
import type { SecretSealer } from "../blocks/secret-sealer.ts";
import { createDocument, deleteDocument, updateDocument } from "../blocks/write-documents.ts";
import { blockDocumentMatches, blockDocumentQuery } from "../filters/block-filters.ts";
import type { Store } from "../store.ts";
import type { StoredBlockDocument } from "../stored-nouns.ts";
import type { LocalContext } from "./local-context.ts";
import { checkQuery } from "./requests.ts";

/** Keeps blocks sealed, and gives their secrets to those who ask for them. */
export class LocalBlockDocuments implements BlockDocumentsApi {
  readonly #context: LocalContext;
  readonly #sealer: SecretSealer;

  constructor(context: LocalContext, sealer: SecretSealer) {
    this.#context = context;
    this.#sealer = sealer;
  }

  create(create: BlockDocumentCreate, options?: ApiCallOptions): Promise<BlockDocument> {
    return this.#context.transaction(options, async (store, moment) =>
      this.#readOne(store, await createDocument(store, create, this.#sealer, moment)),
    );
  }

  async get(id: string, query?: SecretsWanted, options?: ApiCallOptions): Promise<BlockDocument> {
    options?.signal?.throwIfAborted();
    const { store } = this.#context;
    return this.#readOne(store, await getBlockDocument(store, id), query);
  }

  async getByName(
    slug: string,
    name: string,
    query?: SecretsWanted,
    options?: ApiCallOptions,
  ): Promise<BlockDocument> {
    options?.signal?.throwIfAborted();
    const { store } = this.#context;
    const type = await getBlockTypeBySlug(store, slug);
    return this.#readOne(store, await getDocumentByName(store, type, name), query);
  }

  async listByType(slug: string, query?: SecretsWanted, options?: ApiCallOptions): Promise<BlockDocument[]> {
    options?.signal?.throwIfAborted();
    const { store } = this.#context;
    const type = await getBlockTypeBySlug(store, slug);
    const documents = await store.objects("block_document").list({
      where: blockDocumentMatches({ block_documents: { block_type_id: { any_: [type.id] } } }),
      orderBy: [{ member: "name", direction: "asc" }],
    });
    return this.#read(store, documents, query);
  }

  update(id: string, changes: BlockDocumentUpdate, options?: ApiCallOptions): Promise<void> {
    return this.#context.transaction(options, async (store, moment) =>
      updateDocument(store, await getBlockDocument(store, id), changes, { sealer: this.#sealer, moment }),
    );
  }

  delete(id: string, options?: ApiCallOptions): Promise<void> {
    return this.#context.transaction(options, async (store, moment) =>
      deleteDocument(store, await getBlockDocument(store, id), moment),
    );
  }

  async filter(query: BlockDocumentQuery, options?: ApiCallOptions): Promise<BlockDocument[]> {
    checkQuery(query, options);
    const { store } = this.#context;
    const documents = await store.objects("block_document").list(blockDocumentQuery(query));
    return this.#read(store, documents, { include_secrets: query.include_secrets ?? false });
  }

  async count(query: BlockDocumentCountQuery, options?: ApiCallOptions): Promise<number> {
    options?.signal?.throwIfAborted();
    return this.#context.store.objects("block_document").count(blockDocumentMatches(query));
  }

  async #readOne(store: Store, document: StoredBlockDocument, query?: SecretsWanted): Promise<BlockDocument> {
    const [read] = await this.#read(store, [document], query);
    if (read === undefined) throw new Error(`The block document ${document.id} was not read.`);
    return read;
  }

  #read(
    store: Store,
    documents: readonly StoredBlockDocument[],
    query?: SecretsWanted,
  ): Promise<BlockDocument[]> {
    return readDocuments(store, documents, {
      sealer: this.#sealer,
      hasSecrets: query?.include_secrets ?? false,
    });
  }
}
