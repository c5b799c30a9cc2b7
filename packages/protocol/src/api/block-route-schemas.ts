/** What goes in and out of the routes of blocks, and of the block that results are kept in. */
import { z } from "zod";
import {
  blockDocumentCountQuerySchema,
  blockDocumentCreateSchema,
  blockDocumentQuerySchema,
  blockDocumentSchema,
  blockDocumentUpdateSchema,
  secretsWantedSchema,
} from "../block-document.ts";
import {
  blockSchemaCreateSchema,
  blockSchemaQuerySchema,
  blockSchemaSchema,
  blockSchemaVersionSchema,
} from "../block-schema.ts";
import {
  blockTypeCreateSchema,
  blockTypeQuerySchema,
  blockTypeSchema,
  blockTypeUpdateSchema,
} from "../block-type.ts";
import { resultStorageSchema, resultStorageUpdateSchema } from "../result-storage.ts";

export const BLOCK_TYPE_ROUTE_SCHEMAS = {
  create: {
    summary: "Create a block type",
    body: blockTypeCreateSchema,
    answer: blockTypeSchema,
    status: 201,
  },
  get: { summary: "Get a block type", answer: blockTypeSchema },
  getBySlug: { summary: "Get a block type by its slug", answer: blockTypeSchema },
  update: { summary: "Change members of a block type", body: blockTypeUpdateSchema },
  delete: { summary: "Delete a block type with its schemas and documents" },
  filter: { summary: "List block types", body: blockTypeQuerySchema, answer: z.array(blockTypeSchema) },
  installSystemTypes: { summary: "Make the block types that every installation has", status: 200 },
} as const;

export const BLOCK_SCHEMA_ROUTE_SCHEMAS = {
  create: {
    summary: "Create a block schema, or get the one with these fields",
    body: blockSchemaCreateSchema,
    answer: blockSchemaSchema,
    status: "created",
  },
  get: { summary: "Get a block schema", answer: blockSchemaSchema },
  getByChecksum: {
    summary: "Get a block schema by its checksum",
    query: blockSchemaVersionSchema,
    answer: blockSchemaSchema,
  },
  delete: { summary: "Delete a block schema with its documents" },
  filter: { summary: "List block schemas", body: blockSchemaQuerySchema, answer: z.array(blockSchemaSchema) },
  listCapabilities: { summary: "List what blocks can do", answer: z.array(z.string()) },
} as const;

export const BLOCK_DOCUMENT_ROUTE_SCHEMAS = {
  create: {
    summary: "Create a block document",
    body: blockDocumentCreateSchema,
    answer: blockDocumentSchema,
    status: 201,
  },
  get: { summary: "Get a block document", query: secretsWantedSchema, answer: blockDocumentSchema },
  getByName: {
    summary: "Get the block document of a type and name",
    query: secretsWantedSchema,
    answer: blockDocumentSchema,
  },
  listByType: {
    summary: "List the block documents of a type",
    query: secretsWantedSchema,
    answer: z.array(blockDocumentSchema),
  },
  update: { summary: "Change the data of a block document", body: blockDocumentUpdateSchema },
  delete: { summary: "Delete a block document" },
  filter: {
    summary: "List block documents",
    body: blockDocumentQuerySchema,
    answer: z.array(blockDocumentSchema),
  },
  count: { summary: "Count block documents", body: blockDocumentCountQuerySchema, answer: z.int() },
} as const;

export const RESULT_STORAGE_ROUTE_SCHEMAS = {
  get: { summary: "Get the block that results are kept in", answer: resultStorageSchema },
  set: {
    summary: "Keep results in a block",
    body: resultStorageUpdateSchema,
    answer: resultStorageSchema,
  },
  clear: { summary: "Keep results in no block" },
} as const;
