/** The zod type of a field that does not show itself. */
import { z } from "zod";
import { Secret } from "../logging/secret.ts";
import { SchemaNotes } from "./schema-notes.ts";

/** A field that takes a value or a `Secret` of it, and is a `Secret`. */
export type SecretField<Inner extends z.ZodType> = z.ZodType<
  Secret<z.output<Inner>>,
  z.input<Inner> | Secret<z.output<Inner>>
>;

/** What is inside each secret field. */
const inners = new SchemaNotes<z.core.$ZodType>();

/**
 * A secret text, or a secret value of any schema: `secret(z.string().min(8))`. In code the field is a `Secret`, whose
 * `reveal()` gives the value; printed, logged or asked for without `include_secrets` it is asterisks.
 */
export function secret(): SecretField<z.ZodString>;
export function secret<Inner extends z.ZodType>(inner: Inner): SecretField<Inner>;
export function secret(inner: z.ZodType = z.string()): SecretField<z.ZodType> {
  const field = z
    .codec(z.unknown(), z.instanceof(Secret), {
      decode: (given, context) => {
        // Known as a secret before it is checked, so that not even a message about it shows it.
        const value: unknown = given instanceof Secret ? given.reveal() : given;
        if (value !== undefined) new Secret(value);
        const parsed = inner.safeParse(value);
        if (parsed.success) return new Secret(parsed.data);
        for (const { path, message } of parsed.error.issues) {
          context.issues.push({ code: "custom", path, message, input: undefined });
        }
        return z.NEVER;
      },
      encode: (value) => z.encode(inner, value.reveal()),
    })
    .meta({ ...innerJsonSchema(inner), format: "password", writeOnly: true });
  inners.set(field, inner);
  return field as SecretField<z.ZodType>;
}

/** What is inside a secret field; `undefined` for other fields. */
export function secretInner(schema: z.core.$ZodType): z.core.$ZodType | undefined {
  return inners.get(schema);
}

/** Whether the field itself, not something inside it, is a secret, if it is there at all. */
export function isSecretField(schema: z.core.$ZodType): boolean {
  if (secretInner(schema) !== undefined) return true;
  const { def } = (schema as z.core.$ZodTypes)._zod;
  if (def.type === "union") return def.options.some(isSecretField);
  return "innerType" in def && isSecretField(def.innerType);
}

/** Without what would need definitions beside it: of a secret nobody edits the parts. */
function innerJsonSchema(inner: z.ZodType): Record<string, unknown> {
  const { $schema, ...schema } = z.toJSONSchema(inner, { target: "draft-7", io: "input" });
  return "definitions" in schema ? {} : schema;
}
