/** Makes, changes and deletes block documents. */
import {
  type BlockDocumentCreate,
  type BlockDocumentUpdate,
  type BlockType,
  ConflictError,
  InvalidRequestError,
  UnsuitableRequestError,
} from "@sluice/protocol";
import { relatedResource } from "../events/lifecycle-event.ts";
import { jsonCopy } from "../json-copy.ts";
import type { Moment } from "../local-api/local-context.ts";
import { tellLifecycle } from "../local-api/tell.ts";
import type { Store } from "../store.ts";
import type { StoredBlockDocument, StoredBlockSchema } from "../stored-nouns.ts";
import { openData, sealData, sealedObject } from "./document-data.ts";
import { getBlockSchema, getBlockType } from "./find-blocks.ts";
import { listReferences, separateReferences, writeReferences } from "./references.ts";
import { restoreSecrets } from "./secret-fields.ts";
import type { SecretSealer } from "./secret-sealer.ts";

const NAME = /^[a-z0-9-]+$/u;

export async function createDocument(
  store: Store,
  create: BlockDocumentCreate,
  sealer: SecretSealer,
  moment: Moment,
): Promise<StoredBlockDocument> {
  const type = await getBlockType(store, create.block_type_id);
  const schema = await findSchema(store, create.block_schema_id, type);
  const { values, references } = separateReferences(jsonCopy(create.data ?? {}));
  const id = moment.newId();
  const isAnonymous = create.is_anonymous ?? false;
  const name = requireName(create.name, isAnonymous, moment);
  const { object, created } = await store.objects("block_document").insert({
    id,
    created: moment.now,
    updated: moment.now,
    name,
    ...sealData(values, sealedObject({ id, name }, type), sealer),
    block_schema_id: schema.id,
    block_type_id: type.id,
    block_type_name: type.name,
    is_anonymous: isAnonymous,
  });
  if (!created) {
    throw new ConflictError(
      `A block document ${type.slug}/${name} already exists. Save it with overwrite, or under another name.`,
    );
  }
  await writeReferences(store, id, references, moment);
  tellDocument("created", object, { type, schema }, moment);
  return object;
}

export async function updateDocument(
  store: Store,
  document: StoredBlockDocument,
  changes: BlockDocumentUpdate,
  { sealer, moment }: { readonly sealer: SecretSealer; readonly moment: Moment },
): Promise<void> {
  const type = await getBlockType(store, document.block_type_id);
  const before = await findSchema(store, document.block_schema_id, type);
  const schema = await findSchema(store, changes.block_schema_id ?? document.block_schema_id, type);
  const isMerged = changes.merge_existing_data ?? true;
  const { values, references } = separateReferences(jsonCopy(changes.data ?? {}));
  const current = openData(document, type, sealer);
  const restored = restoreSecrets(values, current, before.fields);
  const given = [...Object.keys(values), ...references.keys()];
  const kept = isMerged ? current : {};
  for (const name of references.keys()) delete kept[name];
  const changed = {
    ...sealData({ ...kept, ...restored }, sealedObject(document, type), sealer),
    block_schema_id: schema.id,
    updated: moment.now,
  };
  await store.objects("block_document").update(document.id, changed);
  const keptReferences = isMerged ? await listReferences(store, document.id) : new Map<string, string>();
  for (const name of given) keptReferences.delete(name);
  await writeReferences(store, document.id, new Map([...keptReferences, ...references]), moment);
  tellDocument("updated", { ...document, ...changed }, { type, schema }, moment);
}

/** Deletes a document and every reference to it. */
export async function deleteDocument(
  store: Store,
  document: StoredBlockDocument,
  moment: Moment,
): Promise<void> {
  const type = await getBlockType(store, document.block_type_id);
  const schema = await findSchema(store, document.block_schema_id, type);
  const references = store.objects("block_document_reference");
  const equals = (member: "parent_block_document_id" | "reference_block_document_id") =>
    ({ type: "equals", member, value: document.id }) as const;
  const around = await references.list({
    where: {
      type: "any",
      conditions: [equals("parent_block_document_id"), equals("reference_block_document_id")],
    },
  });
  for (const reference of around) await references.delete(reference.id);
  await store.objects("block_document").delete(document.id);
  tellDocument("deleted", document, { type, schema }, moment);
}

async function findSchema(store: Store, id: string, type: BlockType): Promise<StoredBlockSchema> {
  const schema = await getBlockSchema(store, id);
  if (schema.block_type_id === type.id) return schema;
  throw new UnsuitableRequestError(
    `The block schema ${id} is of another block type than ${type.slug}. Use a schema of ${type.slug}.`,
  );
}

function requireName(name: string | null | undefined, isAnonymous: boolean, moment: Moment): string {
  const given = name ?? "";
  if (given === "" && isAnonymous) return `anonymous-${moment.newId()}`;
  if (NAME.test(given)) return given;
  throw new InvalidRequestError(
    `A block cannot be named ${JSON.stringify(given)}. Use lower-case letters, digits and dashes.`,
  );
}

/** Only documents with names are told of; data is not told, since it is sealed where it is kept. */
function tellDocument(
  action: string,
  document: StoredBlockDocument,
  { type, schema }: { readonly type: BlockType; readonly schema: StoredBlockSchema },
  moment: Moment,
): void {
  if (document.is_anonymous) return;
  const { id, name } = document;
  tellLifecycle(
    {
      kind: "block-document",
      action,
      id,
      name,
      related: [
        relatedResource("block-type", type.id, type.name),
        relatedResource("block-schema", schema.id),
      ],
      payload: {
        name,
        block_schema: { capabilities: schema.capabilities, block_type: { id: type.id, name: type.name } },
      },
    },
    moment,
  );
}
