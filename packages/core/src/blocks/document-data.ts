/** Between the fields of a block and the data of its document: names, and blocks inside. */
import { z } from "zod";
import { type FieldForm, formsOf } from "./field-forms.ts";
import { codeName, wireName } from "./wire-names.ts";

type Members = Readonly<Record<string, unknown>>;
type Schemas = readonly z.core.$ZodType[];

/** Names of declared members become `snake_case`; names in records, and blocks, stay as they are. */
export function toWireNames(schema: z.core.$ZodType, value: unknown): unknown {
  return renamed(value, [schema], TO_WIRE);
}

/**
 * Names become those of the schema, whichever way they are written. A null that the schema does not take counts as
 * absent: Prefect's documents have one for each optional field.
 */
export function fromWireNames(schema: z.core.$ZodType, value: unknown): unknown {
  return renamed(value, [schema], FROM_WIRE);
}

/** The members that the schema declares, unless it takes any. */
export function declaredMembers(schema: z.ZodObject, data: Members): Record<string, unknown> {
  const isDeclared = (name: string): boolean =>
    schema.def.catchall !== undefined || Object.hasOwn(schema.shape, name);
  return Object.fromEntries(Object.entries(data).filter(([name]) => isDeclared(name)));
}

/** How one member is written. */
interface Direction {
  /** Under which of the declared names the member is. */
  find(name: string, declared: readonly string[]): string | undefined;
  /** The name of a declared member. */
  declared(name: string): string;
  /** The name of a member that is not declared where others are. */
  undeclared(name: string): string;
  isAbsent(value: unknown, schemas: Schemas): boolean;
}

const TO_WIRE: Direction = {
  find: (name, declared) => (declared.includes(name) ? name : undefined),
  declared: wireName,
  undeclared: (name) => name,
  isAbsent: (value) => value === undefined,
};

const FROM_WIRE: Direction = {
  find: (name, declared) =>
    declared.includes(name) ? name : declared.find((each) => wireName(each) === name),
  declared: (name) => name,
  undeclared: codeName,
  isAbsent: (value, schemas) => value === null && !schemas.some(acceptsNull),
};

function renamed(value: unknown, schemas: Schemas, direction: Direction): unknown {
  const forms = schemas.flatMap(formsOf);
  if (Array.isArray(value)) {
    const items = forms.flatMap((form) => (form.kind === "list" ? [form.item] : []));
    return value.map((item) => renamed(item, items, direction));
  }
  if (!isPlain(value) || !forms.some(({ kind }) => kind === "object" || kind === "record")) return value;
  return renamedMembers(value, forms, direction);
}

function renamedMembers(value: Members, forms: readonly FieldForm[], direction: Direction): unknown {
  const declared = declarationsOf(forms);
  const values = forms.flatMap((form) => (form.kind === "record" ? [form.value] : []));
  const isOpen = forms.some((form) => form.kind !== "object" || form.isOpen);
  const members: [string, unknown][] = [];
  for (const [name, member] of Object.entries(value)) {
    const found = direction.find(name, [...declared.keys()]);
    const schemas = (found === undefined ? undefined : declared.get(found)) ?? values;
    if (found === undefined) {
      const kept = isOpen ? name : direction.undeclared(name);
      members.push([kept, renamed(member, schemas, direction)]);
    } else if (!direction.isAbsent(member, schemas)) {
      members.push([direction.declared(found), renamed(member, schemas, direction)]);
    }
  }
  return Object.fromEntries(members);
}

/** Each declared name with its schemas: objects of a union may declare the same one. */
function declarationsOf(forms: readonly FieldForm[]): Map<string, z.core.$ZodType[]> {
  const declared = new Map<string, z.core.$ZodType[]>();
  for (const form of forms) {
    if (form.kind !== "object") continue;
    for (const [name, schema] of Object.entries(form.members)) {
      declared.set(name, [...(declared.get(name) ?? []), schema]);
    }
  }
  return declared;
}

function acceptsNull(schema: z.core.$ZodType): boolean {
  return z.safeParse(schema, null).success;
}

function isPlain(value: unknown): value is Members {
  if (typeof value !== "object" || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
