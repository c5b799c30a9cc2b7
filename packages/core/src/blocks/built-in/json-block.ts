/** A JSON value under a name: `json/thresholds`. */
import { z } from "zod";
import { Block, type BlockType } from "../block.ts";
import { rememberBlockClass } from "../block-classes.ts";

type JsonSchema = z.ZodObject<{ value: z.ZodType<z.core.util.JSONType> }>;

const JsonType: BlockType<JsonSchema> = Block.define({
  slug: "json",
  name: "JSON",
  description: "A value that everybody may see.",
  schema: z.object({ value: z.json() as z.ZodType<z.core.util.JSONType> }),
});

/** Any JSON value. The same block type as Prefect's `JSON`. */
export class JsonBlock extends JsonType {
  static {
    rememberBlockClass("json", JsonBlock);
  }
}
