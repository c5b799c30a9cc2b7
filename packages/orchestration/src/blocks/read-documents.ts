/** Documents as they are answered: opened, with what they refer to in its places. */
import {
  type BlockDocument,
  type BlockType,
  isSluiceError,
  type NestedBlockDocument,
  SECRET_MASK,
  UnsuitableRequestError,
} from "@sluice/protocol";
import type { Store } from "../store.ts";
import type { BlockDocumentReference, StoredBlockDocument, StoredBlockSchema } from "../stored-nouns.ts";
import { openData } from "./document-data.ts";
import { maskSecrets } from "./secret-fields.ts";
import type { SecretSealer } from "./secret-sealer.ts";

/** How many documents one may consist of, counted as often as they are referred to. */
const MAX_NESTED = 1000;

export interface ReadOptions {
  readonly sealer: SecretSealer;
  /** Whether secrets are answered; otherwise masks are. */
  readonly hasSecrets: boolean;
}

/** In the order given. */
export async function readDocuments(
  store: Store,
  documents: readonly StoredBlockDocument[],
  options: ReadOptions,
): Promise<BlockDocument[]> {
  const parts = await loadParts(store, documents);
  return documents.map((document) => answer(document, parts, options));
}

/** All that some documents consist of, by id; references by the document they are in. */
interface Parts {
  readonly documents: Map<string, StoredBlockDocument>;
  readonly references: Map<string, BlockDocumentReference[]>;
  readonly schemas: Map<string, StoredBlockSchema>;
  readonly types: Map<string, BlockType>;
}

async function loadParts(store: Store, roots: readonly StoredBlockDocument[]): Promise<Parts> {
  const documents = new Map(roots.map((document) => [document.id, document]));
  const references = new Map<string, BlockDocumentReference[]>();
  let level = [...documents.keys()];
  while (level.length > 0) {
    const found = await store.objects("block_document_reference").list({
      where: { type: "one-of", member: "parent_block_document_id", values: level },
      orderBy: [{ member: "name", direction: "asc" }],
    });
    for (const reference of found) {
      const siblings = references.get(reference.parent_block_document_id) ?? [];
      references.set(reference.parent_block_document_id, [...siblings, reference]);
    }
    const next = found.map((reference) => reference.reference_block_document_id);
    level = [...new Set(next)].filter((id) => !documents.has(id));
    for (const child of await listByIds(store, "block_document", level)) documents.set(child.id, child);
  }
  const all = [...documents.values()];
  return {
    documents,
    references,
    schemas: byId(
      await listByIds(
        store,
        "block_schema",
        all.map((each) => each.block_schema_id),
      ),
    ),
    types: byId(
      await listByIds(
        store,
        "block_type",
        all.map((each) => each.block_type_id),
      ),
    ),
  };
}

function answer(document: StoredBlockDocument, parts: Parts, options: ReadOptions): BlockDocument {
  const { id, created, updated, name, is_anonymous, block_schema_id, block_type_id, block_type_name } =
    document;
  const budget = { left: MAX_NESTED };
  const { data, references } = inlined(document, parts, { ...options, budget });
  const schema = parts.schemas.get(block_schema_id);
  const block_type = parts.types.get(block_type_id) ?? null;
  return {
    id,
    created,
    updated,
    name,
    data,
    block_schema_id,
    block_schema: schema === undefined ? null : { ...schema, block_type },
    block_type_id,
    block_type_name,
    block_type,
    block_document_references: references,
    is_anonymous,
  };
}

function inlined(
  document: StoredBlockDocument,
  parts: Parts,
  options: ReadOptions & { readonly budget: { left: number } },
): {
  readonly data: Record<string, unknown>;
  readonly references: BlockDocument["block_document_references"];
} {
  const { budget, sealer, hasSecrets } = options;
  budget.left -= 1;
  if (budget.left < 0) {
    throw new UnsuitableRequestError(
      `A block document consists of more than ${MAX_NESTED} others, each counted as often as it is referred to, or of itself. Take references out of ${document.block_type_name} ${document.name}.`,
    );
  }
  const type = parts.types.get(document.block_type_id);
  const fields = parts.schemas.get(document.block_schema_id)?.fields ?? {};
  const data = hasSecrets ? openData(document, type, sealer) : maskedData(document, { type, fields, sealer });
  const references: Record<string, { block_document: NestedBlockDocument }> = {};
  for (const { name, reference_block_document_id: childId } of parts.references.get(document.id) ?? []) {
    const child = parts.documents.get(childId);
    const block_type = child === undefined ? undefined : parts.types.get(child.block_type_id);
    if (child === undefined || block_type === undefined) continue;
    const nested = inlined(child, parts, options);
    data[name] = nested.data;
    references[name] = {
      block_document: {
        id: child.id,
        name: child.name,
        block_type,
        is_anonymous: child.is_anonymous,
        block_document_references: nested.references,
      },
    };
  }
  return { data, references };
}

/** Of a document that cannot be opened everything is masked, so that it can be found and deleted. */
function maskedData(
  document: StoredBlockDocument,
  {
    type,
    fields,
    sealer,
  }: {
    readonly type: BlockType | undefined;
    readonly fields: Readonly<Record<string, unknown>>;
    readonly sealer: SecretSealer;
  },
): Record<string, unknown> {
  try {
    return maskSecrets(openData(document, type, sealer), fields);
  } catch (error) {
    if (!isSluiceError(error, "ENCRYPTION_KEY")) throw error;
    return Object.fromEntries(Object.keys(fields["properties"] ?? {}).map((name) => [name, SECRET_MASK]));
  }
}

async function listByIds<N extends "block_document" | "block_schema" | "block_type">(
  store: Store,
  noun: N,
  ids: readonly string[],
) {
  const values = [...new Set(ids)];
  return values.length === 0
    ? []
    : store.objects(noun).list({ where: { type: "one-of", member: "id", values } });
}

function byId<T extends { readonly id: string }>(objects: readonly T[]): Map<string, T> {
  return new Map(objects.map((object) => [object.id, object]));
}
