/** What a zod schema says about the form of its input, as far as reading and writing documents needs it. */
import type { z } from "zod";
import { type BlockConstructor, nestedType } from "./block-field.ts";
import { secretInner } from "./secret-field.ts";

/** One form that a value may have. */
export type FieldForm =
  | { readonly kind: "value" }
  | { readonly kind: "block"; readonly type: BlockConstructor }
  | { readonly kind: "object"; readonly members: Members; readonly isOpen: boolean }
  | { readonly kind: "list"; readonly item: z.core.$ZodType }
  | { readonly kind: "record"; readonly value: z.core.$ZodType }
  /** What cannot be written to a document, and why not, as the end of a sentence. */
  | { readonly kind: "unwritable"; readonly reason: string };

export type Members = Readonly<Record<string, z.core.$ZodType>>;

const VALUE: FieldForm = { kind: "value" };

/** The forms that `schema` allows, looked at one level deep; more than one for unions. */
export function formsOf(schema: z.core.$ZodType): readonly FieldForm[] {
  const type = nestedType(schema);
  if (type !== undefined) return [{ kind: "block", type }];
  const inner = secretInner(schema);
  if (inner !== undefined) return formsOf(inner);
  const { def } = (schema as z.core.$ZodTypes)._zod;
  switch (def.type) {
    case "optional":
    case "nullable":
    case "default":
    case "prefault":
    case "nonoptional":
    case "readonly":
      return formsOf(def.innerType);
    case "lazy":
      return formsOf(def.getter());
    case "union":
      return def.options.flatMap(formsOf);
    case "intersection":
      return [...formsOf(def.left), ...formsOf(def.right)];
    case "pipe":
      // A codec's way back is known, so what it gives need not be writable itself.
      return "reverseTransform" in def
        ? formsOf(def.in)
        : [...formsOf(def.in), ...formsOf(def.out).filter(({ kind }) => kind === "unwritable")];
    case "object":
      return [{ kind: "object", members: def.shape, isOpen: isOpen(def.catchall) }];
    case "array":
      return [{ kind: "list", item: def.element }];
    case "tuple":
      return [...def.items, ...(def.rest === null ? [] : [def.rest])].map((item) => ({ kind: "list", item }));
    case "record":
      return [{ kind: "record", value: def.valueType }];
    case "transform":
      return [
        { kind: "unwritable", reason: "is made by a transform; use z.codec, which knows the way back" },
      ];
    case "catch":
      return [{ kind: "unwritable", reason: "has a catch, which would hide a wrong value; use a default" }];
    case "string":
    case "number":
    case "boolean":
    case "null":
    case "any":
    case "unknown":
    case "literal":
    case "enum":
    case "template_literal":
      return [VALUE];
    case "bigint":
    case "custom":
    case "date":
    case "file":
    case "function":
    case "map":
    case "nan":
    case "never":
    case "promise":
    case "set":
    case "success":
    case "symbol":
    case "undefined":
    case "void":
      return [{ kind: "unwritable", reason: `is a ${def.type}, which JSON does not have; use z.codec` }];
  }
}

function isOpen(catchall: z.core.$ZodType | undefined): boolean {
  return catchall !== undefined && (catchall as z.core.$ZodTypes)._zod.def.type !== "never";
}
