/** The zod type of a field that holds another block. */
import { z } from "zod";
import type { Block } from "./block.ts";
import { SchemaNotes } from "./schema-notes.ts";

/** Any class of blocks. */
export type BlockConstructor<B extends Block = Block> = new (...args: never) => B;

/** A field that takes a block of one type, saved or not. */
export type BlockField<B extends Block> = z.ZodType<B, B>;

const types = new SchemaNotes<BlockConstructor>();

/** @param slug For the message about a value of another type. */
export function blockField<B extends Block>(type: BlockConstructor<B>, slug: string): BlockField<B> {
  const field = z.codec(
    z.unknown(),
    z.custom<B>((value) => value instanceof type),
    {
      decode: (given, context) => {
        if (given instanceof type) return given as B;
        const message = `Invalid input: expected a block of type ${slug}`;
        context.issues.push({ code: "custom", message, input: undefined });
        return z.NEVER;
      },
      encode: (block) => block,
    },
  );
  types.set(field, type);
  return field as z.ZodType<unknown, unknown> as BlockField<B>;
}

/** The class of the blocks that a field takes; `undefined` for other fields. */
export function nestedType(schema: z.core.$ZodType): BlockConstructor | undefined {
  return types.get(schema);
}
