/** Makes, changes and deletes block types. */
import {
  type BlockType,
  type BlockTypeCreate,
  type BlockTypeUpdate,
  ConflictError,
  ForbiddenError,
  InvalidRequestError,
} from "@sluice/protocol";
import type { Moment } from "../local-api/local-context.ts";
import { presentMembers } from "../local-api/requests.ts";
import { tellLifecycle } from "../local-api/tell.ts";
import type { Store } from "../store.ts";
import { deleteSchema } from "./write-schemas.ts";

const SLUG = /^[a-z0-9-]+$/u;
const NAME = /^[^/%&><]+$/u;
const PAGE = 200;

/** @throws {ConflictError} when there is a type of this slug. */
export async function createType(store: Store, create: BlockTypeCreate, moment: Moment): Promise<BlockType> {
  const { type, created } = await insertType(store, create, moment);
  if (!created) throw new ConflictError(`A block type with the slug ${create.slug} already exists.`);
  return type;
}

/** A new type, or the one of this slug. */
export async function insertType(
  store: Store,
  create: BlockTypeCreate & { readonly is_protected?: boolean },
  moment: Moment,
): Promise<{ readonly type: BlockType; readonly created: boolean }> {
  requireNames(create);
  const { object, created } = await store.objects("block_type").insert({
    id: moment.newId(),
    created: moment.now,
    updated: moment.now,
    name: create.name,
    slug: create.slug,
    logo_url: create.logo_url ?? null,
    documentation_url: create.documentation_url ?? null,
    description: create.description ?? null,
    code_example: create.code_example ?? null,
    is_protected: create.is_protected ?? false,
  });
  if (created) tell("created", object, moment);
  return { type: object, created };
}

/** Nothing is written, and nothing told, when nothing changes. */
export async function updateType(
  store: Store,
  type: BlockType,
  changes: BlockTypeUpdate & { readonly is_protected?: boolean },
  moment: Moment,
): Promise<void> {
  const present = presentMembers(changes);
  const isSame = Object.entries(present).every(
    ([member, value]) => type[member as keyof BlockType] === value,
  );
  if (isSame) return;
  const changed = { ...present, updated: moment.now };
  await store.objects("block_type").update(type.id, changed);
  tell("updated", { ...type, ...changed }, moment);
}

/**
 * Deletes a type with its schemas and documents.
 * @throws {ForbiddenError} when it is protected.
 */
export async function deleteType(store: Store, type: BlockType, moment: Moment): Promise<void> {
  if (type.is_protected) {
    throw new ForbiddenError(
      `The block type ${type.slug} belongs to the installation and cannot be deleted.`,
    );
  }
  const where = { type: "equals", member: "block_type_id", value: type.id } as const;
  for (;;) {
    const schemas = await store.objects("block_schema").list({ where, limit: PAGE });
    for (const schema of schemas) await deleteSchema(store, schema.id, moment);
    if (schemas.length < PAGE) break;
  }
  await store.objects("block_type").delete(type.id);
  tell("deleted", type, moment);
}

function requireNames({ name, slug }: BlockTypeCreate): void {
  if (!NAME.test(name)) {
    throw new InvalidRequestError(
      `A block type cannot be named ${JSON.stringify(name)}. Use a name without / % & > <.`,
    );
  }
  if (!SLUG.test(slug)) {
    throw new InvalidRequestError(
      `A block type cannot have the slug ${JSON.stringify(slug)}. Use lower-case letters, digits and dashes.`,
    );
  }
}

function tell(action: string, type: BlockType, moment: Moment): void {
  const { id, name, slug, logo_url, documentation_url, description, code_example, is_protected } = type;
  const payload = { name, slug, logo_url, documentation_url, description, code_example, is_protected };
  tellLifecycle({ kind: "block-type", action, id, name, payload }, moment);
}
