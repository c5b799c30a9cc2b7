/** Blocks with their types and schemas: operations, and where they are over HTTP. */
import type {
  BlockDocument,
  BlockDocumentCountQuery,
  BlockDocumentCreate,
  BlockDocumentQuery,
  BlockDocumentUpdate,
  SecretsWanted,
} from "../block-document.ts";
import type {
  BlockSchema,
  BlockSchemaCreate,
  BlockSchemaQuery,
  BlockSchemaVersion,
} from "../block-schema.ts";
import type { BlockType, BlockTypeCreate, BlockTypeQuery, BlockTypeUpdate } from "../block-type.ts";
import type { ApiCallOptions } from "../orchestration-api.ts";

export interface BlockTypesApi {
  /**
   * @throws {ConflictError} when there is a type of this slug.
   * @throws {ForbiddenError} when the name begins with "Prefect".
   */
  create(type: BlockTypeCreate, options?: ApiCallOptions): Promise<BlockType>;
  get(id: string, options?: ApiCallOptions): Promise<BlockType>;
  getBySlug(slug: string, options?: ApiCallOptions): Promise<BlockType>;
  update(id: string, changes: BlockTypeUpdate, options?: ApiCallOptions): Promise<void>;
  /**
   * Deletes the type with its schemas and documents.
   * @throws {ForbiddenError} when the type is protected.
   */
  delete(id: string, options?: ApiCallOptions): Promise<void>;
  filter(query: BlockTypeQuery, options?: ApiCallOptions): Promise<BlockType[]>;
  /** Makes the types that every installation has (`secret`, `local-file-system`, `webhook`), each with its schema. */
  installSystemTypes(options?: ApiCallOptions): Promise<void>;
}

export interface BlockSchemasApi {
  /**
   * A new schema, or the one that has these fields in this version. Schemas it refers to are made from its `definitions`
   * when they are not known.
   * @throws {ObjectNotFoundError} when there is no such block type.
   * @throws {ConflictError} when a block type that it refers to is not registered.
   */
  create(schema: BlockSchemaCreate, options?: ApiCallOptions): Promise<BlockSchema>;
  get(id: string, options?: ApiCallOptions): Promise<BlockSchema>;
  getByChecksum(checksum: string, query?: BlockSchemaVersion, options?: ApiCallOptions): Promise<BlockSchema>;
  /**
   * Deletes the schema with its documents.
   * @throws {ForbiddenError} when its type is protected.
   */
  delete(id: string, options?: ApiCallOptions): Promise<void>;
  filter(query: BlockSchemaQuery, options?: ApiCallOptions): Promise<BlockSchema[]>;
  /** All that schemas say their blocks can do, in order, each once. */
  listCapabilities(options?: ApiCallOptions): Promise<string[]>;
}

export interface BlockDocumentsApi {
  /**
   * The answer has masks in the places of secrets.
   * @throws {ConflictError} when the type has a document of this name.
   * @throws {UnsuitableRequestError} when a reference leads nowhere or in a circle, or the schema is of another type.
   */
  create(document: BlockDocumentCreate, options?: ApiCallOptions): Promise<BlockDocument>;
  get(id: string, query?: SecretsWanted, options?: ApiCallOptions): Promise<BlockDocument>;
  /** By the slug of its type and its name. */
  getByName(
    slug: string,
    name: string,
    query?: SecretsWanted,
    options?: ApiCallOptions,
  ): Promise<BlockDocument>;
  /** Those of a type that are not anonymous, by name. */
  listByType(slug: string, query?: SecretsWanted, options?: ApiCallOptions): Promise<BlockDocument[]>;
  /** @throws {UnsuitableRequestError} as `create`. */
  update(id: string, changes: BlockDocumentUpdate, options?: ApiCallOptions): Promise<void>;
  /** Documents that refer to it lose what they had of it. */
  delete(id: string, options?: ApiCallOptions): Promise<void>;
  filter(query: BlockDocumentQuery, options?: ApiCallOptions): Promise<BlockDocument[]>;
  count(query: BlockDocumentCountQuery, options?: ApiCallOptions): Promise<number>;
}

export const BLOCK_TYPE_ROUTES = {
  create: "POST /block_types/",
  get: "GET /block_types/{id}",
  getBySlug: "GET /block_types/slug/{slug}",
  update: "PATCH /block_types/{id}",
  delete: "DELETE /block_types/{id}",
  filter: "POST /block_types/filter",
  installSystemTypes: "POST /block_types/install_system_block_types",
} as const;

export const BLOCK_SCHEMA_ROUTES = {
  create: "POST /block_schemas/",
  get: "GET /block_schemas/{id}",
  getByChecksum: "GET /block_schemas/checksum/{checksum}{?version}",
  delete: "DELETE /block_schemas/{id}",
  filter: "POST /block_schemas/filter",
  listCapabilities: "GET /block_capabilities/",
} as const;

export const BLOCK_DOCUMENT_ROUTES = {
  create: "POST /block_documents/",
  get: "GET /block_documents/{id}{?include_secrets}",
  getByName: "GET /block_types/slug/{slug}/block_documents/name/{name}{?include_secrets}",
  listByType: "GET /block_types/slug/{slug}/block_documents{?include_secrets}",
  update: "PATCH /block_documents/{id}",
  delete: "DELETE /block_documents/{id}",
  filter: "POST /block_documents/filter",
  count: "POST /block_documents/count",
} as const;
