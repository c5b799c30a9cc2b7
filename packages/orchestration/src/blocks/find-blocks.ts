/** Finds block types, schemas and documents, or says that there is none. */
import { type BlockType, ObjectNotFoundError } from "@sluice/protocol";
import type { Store } from "../store.ts";
import type { StoredBlockDocument, StoredBlockSchema } from "../stored-nouns.ts";

export async function getBlockType(store: Store, id: string): Promise<BlockType> {
  const type = await store.objects("block_type").find(id);
  if (type === undefined) throw new ObjectNotFoundError("block type", id);
  return type;
}

export async function findBlockTypeBySlug(store: Store, slug: string): Promise<BlockType | undefined> {
  const where = { type: "equals", member: "slug", value: slug } as const;
  const [type] = await store.objects("block_type").list({ where, limit: 1 });
  return type;
}

export async function getBlockTypeBySlug(store: Store, slug: string): Promise<BlockType> {
  const type = await findBlockTypeBySlug(store, slug);
  if (type === undefined) throw new ObjectNotFoundError("block type", slug);
  return type;
}

export async function getBlockSchema(store: Store, id: string): Promise<StoredBlockSchema> {
  const schema = await store.objects("block_schema").find(id);
  if (schema === undefined) throw new ObjectNotFoundError("block schema", id);
  return schema;
}

/** The newest schema of a checksum, or the one of a version. */
export async function findSchemaByChecksum(
  store: Store,
  checksum: string,
  version?: string | undefined,
): Promise<StoredBlockSchema | undefined> {
  const [schema] = await store.objects("block_schema").list({
    where: {
      type: "all",
      conditions: [
        { type: "equals", member: "checksum", value: checksum },
        ...(version === undefined ? [] : [{ type: "equals", member: "version", value: version } as const]),
      ],
    },
    orderBy: [{ member: "created", direction: "desc" }],
    limit: 1,
  });
  return schema;
}

export async function getBlockDocument(store: Store, id: string): Promise<StoredBlockDocument> {
  const document = await store.objects("block_document").find(id);
  if (document === undefined) throw new ObjectNotFoundError("block document", id);
  return document;
}

export async function getDocumentByName(
  store: Store,
  type: BlockType,
  name: string,
): Promise<StoredBlockDocument> {
  const [document] = await store.objects("block_document").list({
    where: {
      type: "all",
      conditions: [
        { type: "equals", member: "block_type_id", value: type.id },
        { type: "equals", member: "name", value: name },
      ],
    },
    limit: 1,
  });
  if (document === undefined) throw new ObjectNotFoundError("block document", `${type.slug}/${name}`);
  return document;
}
