/** Where a persisted result lies; it travels in the `data` of a completed state. Results themselves never pass the API. */
import { z } from "zod";
import { timestampSchema } from "./timestamp.ts";

export const resultReferenceSchema = z.looseObject({
  type: z.string().optional(),
  storage_key: z.string(),
  expiration: timestampSchema.nullish(),
  serializer: z.looseObject({ type: z.string() }),
  /** Version of the SDK that wrote it; the member's name is the wire's. */
  prefect_version: z.string(),
  storage_block_id: z.uuid().nullish(),
});

export type ResultReference = z.infer<typeof resultReferenceSchema>;
