/** Where results are kept that nobody says a place for. */
import { z } from "zod";

export const resultStorageSchema = z.object({
  /** A block that files can be written to; null when there is none. */
  default_result_storage_block_id: z.uuid().nullable(),
});

export type ResultStorage = z.infer<typeof resultStorageSchema>;

export const resultStorageUpdateSchema = z.object({ default_result_storage_block_id: z.uuid() });

export type ResultStorageUpdate = z.infer<typeof resultStorageUpdateSchema>;
