/** What documents refer to: members of their data that are other documents. */
import { isUuid, UnsuitableRequestError } from "@sluice/protocol";
import type { Moment } from "../local-api/local-context.ts";
import type { Store } from "../store.ts";

/** Member of the data → id of the document that is there. */
export type References = ReadonlyMap<string, string>;

/**
 * Data with its references apart. A reference is a member `{"$ref": {"block_document_id": …}}`.
 * @throws {UnsuitableRequestError} when a reference has no id.
 */
export function separateReferences(data: Readonly<Record<string, unknown>>): {
  readonly values: Record<string, unknown>;
  readonly references: References;
} {
  const values: Record<string, unknown> = {};
  const references = new Map<string, string>();
  for (const [name, value] of Object.entries(data)) {
    const target = targetOf(value);
    if (target === undefined) Object.assign(values, { [name]: value });
    else references.set(name, requireId(name, target["block_document_id"]));
  }
  return { values, references };
}

export async function listReferences(store: Store, parentId: string): Promise<Map<string, string>> {
  const found = await store.objects("block_document_reference").list({
    where: { type: "equals", member: "parent_block_document_id", value: parentId },
  });
  return new Map(found.map((reference) => [reference.name, reference.reference_block_document_id]));
}

/**
 * Makes these the references of a document.
 * @throws {UnsuitableRequestError} when one leads nowhere, or back to the document.
 */
export async function writeReferences(
  store: Store,
  parentId: string,
  references: References,
  moment: Moment,
): Promise<void> {
  const table = store.objects("block_document_reference");
  const known = await table.list({
    where: { type: "equals", member: "parent_block_document_id", value: parentId },
  });
  for (const reference of known) {
    if (references.get(reference.name) !== reference.reference_block_document_id)
      await table.delete(reference.id);
  }
  for (const [name, targetId] of references) {
    await requireTarget(store, parentId, name, targetId);
    await table.insert({
      id: moment.newId(),
      created: moment.now,
      parent_block_document_id: parentId,
      reference_block_document_id: targetId,
      name,
    });
  }
}

/** A reference to another schema's `$ref` in a free value is data. */
function targetOf(value: unknown): Readonly<Record<string, unknown>> | undefined {
  if (typeof value !== "object" || value === null || !("$ref" in value)) return undefined;
  const { $ref: target } = value;
  return typeof target === "object" && target !== null ? { ...target } : undefined;
}

function requireId(name: string, id: unknown): string {
  if (typeof id === "string" && isUuid(id)) return id.toLowerCase();
  throw new UnsuitableRequestError(
    `The reference ${name} names no block document. Give {"$ref": {"block_document_id": …}} the id of a saved block.`,
  );
}

/** The documents on the way are held, so that nobody closes a circle meanwhile. */
async function requireTarget(store: Store, parentId: string, name: string, targetId: string): Promise<void> {
  const seen = new Set<string>();
  let level = [targetId];
  while (level.length > 0) {
    if (level.includes(parentId)) {
      throw new UnsuitableRequestError(
        `The reference ${name} to block document ${targetId} would lead in a cycle back to ${parentId}. Refer to a block that does not refer to this one.`,
      );
    }
    for (const id of level) seen.add(id);
    const held = await store.objects("block_document").list({
      where: { type: "one-of", member: "id", values: level },
      lock: "wait",
    });
    if (held.length === 0 && seen.size === 1) {
      throw new UnsuitableRequestError(
        `The reference ${name} leads nowhere: there is no block document ${targetId}.`,
      );
    }
    const next = await store.objects("block_document_reference").list({
      where: { type: "one-of", member: "parent_block_document_id", values: level },
    });
    level = [...new Set(next.map((reference) => reference.reference_block_document_id))].filter(
      (id) => !seen.has(id),
    );
  }
}
