/** Which blocks, schemas and types of blocks match. */
import type {
  BlockDocumentCountQuery,
  BlockDocumentFilter,
  BlockDocumentQuery,
  BlockSchemaFilter,
  BlockSchemaQuery,
  BlockTypeFilter,
  BlockTypeQuery,
} from "@sluice/protocol";
import type { ObjectQuery, Order } from "../conditions.ts";
import type { StoredNouns } from "../stored-nouns.ts";
import { pageOf } from "./run-queries.ts";
import { join, type MaybeCondition, named, type Optional, oneOf } from "./wire-filter.ts";

type BlockType = StoredNouns["block_type"];
type Schema = StoredNouns["block_schema"];
type Document = StoredNouns["block_document"];

const DOCUMENT_ORDERS: Readonly<Record<NonNullable<BlockDocumentQuery["sort"]>, readonly Order<Document>[]>> =
  {
    NAME_ASC: [{ member: "name", direction: "asc" }],
    NAME_DESC: [{ member: "name", direction: "desc" }],
    BLOCK_TYPE_AND_NAME_ASC: [
      { member: "block_type_name", direction: "asc" },
      { member: "name", direction: "asc" },
    ],
  };

export function blockTypeQuery(query: BlockTypeQuery): ObjectQuery<BlockType> {
  const schema = blockSchemaFilter(query.block_schemas);
  return {
    where: join<BlockType>("and_", [
      blockTypeFilter(query.block_types),
      schema && {
        type: "related",
        noun: "block_schema",
        member: "id",
        references: "block_type_id",
        where: schema,
      },
    ]),
    orderBy: [{ member: "name", direction: "asc" }],
    ...pageOf(query),
  };
}

export function blockSchemaQuery(query: BlockSchemaQuery): ObjectQuery<Schema> {
  return {
    where: blockSchemaFilter(query.block_schemas),
    orderBy: [{ member: "created", direction: "desc" }],
    ...pageOf(query),
  };
}

/** Sorted by name unless asked otherwise. */
export function blockDocumentQuery(query: BlockDocumentQuery): ObjectQuery<Document> {
  return {
    where: blockDocumentMatches(query),
    orderBy: DOCUMENT_ORDERS[query.sort ?? "NAME_ASC"],
    ...pageOf(query),
  };
}

/** Documents that match, whose type and schema match. */
export function blockDocumentMatches(query: BlockDocumentCountQuery): MaybeCondition<Document> {
  const type = blockTypeFilter(query.block_types);
  const schema = blockSchemaFilter(query.block_schemas);
  return join<Document>("and_", [
    blockDocumentFilter(query.block_documents),
    type && { type: "related", noun: "block_type", member: "block_type_id", references: "id", where: type },
    schema && {
      type: "related",
      noun: "block_schema",
      member: "block_schema_id",
      references: "id",
      where: schema,
    },
  ]);
}

function blockTypeFilter(filter: Optional<BlockTypeFilter>): MaybeCondition<BlockType> {
  return join<BlockType>("and_", [named("name", filter?.name), oneOf("slug", filter?.slug)]);
}

function blockSchemaFilter(filter: Optional<BlockSchemaFilter>): MaybeCondition<Schema> {
  const capabilities = filter?.block_capabilities?.all_ ?? [];
  return join<Schema>(filter?.operator, [
    oneOf("block_type_id", filter?.block_type_id),
    capabilities.length === 0
      ? undefined
      : { type: "contains-all", member: "capabilities", values: capabilities },
    oneOf("id", filter?.id),
    oneOf("version", filter?.version),
  ]);
}

function blockDocumentFilter(filter: Optional<BlockDocumentFilter>): MaybeCondition<Document> {
  const { is_anonymous: anonymous = { eq_: false } } = filter ?? {};
  const isAnonymous = anonymous?.eq_;
  return join<Document>(filter?.operator, [
    oneOf("id", filter?.id),
    typeof isAnonymous === "boolean"
      ? { type: "equals", member: "is_anonymous", value: isAnonymous }
      : undefined,
    oneOf("block_type_id", filter?.block_type_id),
    named("name", filter?.name),
  ]);
}
