/** A secret value under a name: `secret/api-key`. */
import { z } from "zod";
import { Block, type BlockType } from "../block.ts";
import { rememberBlockClass } from "../block-classes.ts";
import { type SecretField, secret } from "../secret-field.ts";

type SecretSchema = z.ZodObject<{ value: SecretField<z.ZodType<z.core.util.JSONType>> }>;

// Written types come with declarations that need no inference.
const SecretType: BlockType<SecretSchema> = Block.define({
  slug: "secret",
  name: "Secret",
  description: "A value that only those who load it see.",
  schema: z.object({ value: secret<z.ZodType<z.core.util.JSONType>>(z.json()) }),
});

/** A text or any other JSON value that prints as asterisks. The same block type as Prefect's `Secret`. */
export class SecretBlock extends SecretType {
  static {
    rememberBlockClass("secret", SecretBlock);
  }

  /** The text; a value of another kind as JSON. Call it at the place of use. */
  reveal(): string {
    const value = this.value.reveal();
    return typeof value === "string" ? value : JSON.stringify(value);
  }
}
