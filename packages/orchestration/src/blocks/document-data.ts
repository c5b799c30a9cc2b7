/** The data of a document as it is stored: sealed JSON. */
import type { BlockType } from "@sluice/protocol";
import type { StoredBlockDocument } from "../stored-nouns.ts";
import type { SealedObject, SecretSealer } from "./secret-sealer.ts";

type Named = Pick<StoredBlockDocument, "id" | "name">;

/** What is stored of the data of a document. */
export function sealData(
  data: Readonly<Record<string, unknown>>,
  object: SealedObject,
  sealer: SecretSealer,
): Pick<StoredBlockDocument, "data" | "key_id"> {
  const { text, keyId } = sealer.seal(JSON.stringify(data), object);
  return { data: text, key_id: keyId };
}

/** A copy of the data. @throws {EncryptionKeyError} when it cannot be opened. */
export function openData(
  document: StoredBlockDocument,
  type: Pick<BlockType, "slug"> | undefined,
  sealer: SecretSealer,
): Record<string, unknown> {
  return JSON.parse(sealer.open(document.data, sealedObject(document, type)));
}

export function sealedObject(document: Named, type: Pick<BlockType, "slug"> | undefined): SealedObject {
  return { id: document.id, name: `${type?.slug ?? "block"}/${document.name}` };
}
