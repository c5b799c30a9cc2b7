/** Finds in a schema what no document could hold, when the type is defined. */
import type { z } from "zod";
import { InvalidBlockTypeError } from "./block-errors.ts";
import { type FieldForm, formsOf } from "./field-forms.ts";
import { isSecretField } from "./secret-field.ts";
import { wireName } from "./wire-names.ts";

interface Walk {
  readonly slug: string;
  /** The schemas that the present one is inside of: a recursive one ends here. */
  readonly open: Set<z.core.$ZodType>;
}

interface Place {
  readonly path: string;
  readonly isTop: boolean;
  readonly isInList: boolean;
}

/**
 * @throws {InvalidBlockTypeError} naming the field, why it cannot be written, and what to use instead.
 */
export function checkFields(slug: string, schema: z.ZodObject): void {
  checkObject({ slug, open: new Set() }, schema.shape, { path: "", isTop: true, isInList: false });
}

function checkObject(walk: Walk, members: z.core.$ZodShape, place: Place): void {
  const wireNames = new Map<string, string>();
  for (const [name, schema] of Object.entries(members)) {
    const path = place.path === "" ? name : `${place.path}.${name}`;
    const twin = wireNames.get(wireName(name));
    if (twin !== undefined) {
      throw new InvalidBlockTypeError(
        walk.slug,
        `its fields ${twin} and ${path} are both ${wireName(name)} on the wire. Rename one.`,
      );
    }
    wireNames.set(wireName(name), path);
    checkField(walk, schema, { ...place, path });
  }
}

function checkField(walk: Walk, schema: z.core.$ZodType, place: Place): void {
  if (walk.open.has(schema)) return;
  if (place.isInList && isSecretField(schema)) {
    throw new InvalidBlockTypeError(
      walk.slug,
      `${place.path} has secrets inside a list, where servers do not hide them. Make the whole list one: secret(z.array(…)).`,
    );
  }
  walk.open.add(schema);
  for (const form of formsOf(schema)) checkForm(walk, form, place);
  walk.open.delete(schema);
}

function checkForm(walk: Walk, form: FieldForm, place: Place): void {
  const inner: Place = { ...place, isTop: false };
  switch (form.kind) {
    case "value":
      return;
    case "unwritable":
      throw new InvalidBlockTypeError(walk.slug, `its field ${place.path} ${form.reason}.`);
    case "block":
      if (place.isTop) return;
      throw new InvalidBlockTypeError(
        walk.slug,
        `${place.path} is a block inside another value. Servers keep references of a block's own fields only: make it one.`,
      );
    case "object":
      checkObject(walk, form.members, inner);
      return;
    case "record":
      checkField(walk, form.value, { ...inner, path: `${place.path}.*` });
      return;
    case "list":
      checkField(walk, form.item, { ...inner, path: `${place.path}[]`, isInList: true });
      return;
  }
}
