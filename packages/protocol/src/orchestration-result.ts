/** Orchestration's answer to a proposed state. */
import { z } from "zod";
import { stateSchema } from "./state.ts";

/**
 * - `ACCEPT`: the proposed state was written and is `state`.
 * - `REJECT`: `state` was written instead, or (nothing written) is the unchanged current state; go on from it.
 * - `WAIT`: nothing was written; propose again after `delay_seconds`.
 * - `ABORT`: nothing was written; stop orchestrating this run.
 */
export const orchestrationResultSchema = z.discriminatedUnion("status", [
  z.object({
    status: z.literal("ACCEPT"),
    state: stateSchema,
    details: z.object({ type: z.literal("accept_details") }),
  }),
  z.object({
    status: z.literal("REJECT"),
    state: stateSchema.nullable(),
    /** A resumption whose input is wrong is told as an abort. */
    details: z.object({ type: z.enum(["reject_details", "abort_details"]), reason: z.string().nullable() }),
  }),
  z.object({
    status: z.literal("WAIT"),
    state: stateSchema.nullable(),
    details: z.object({
      type: z.literal("wait_details"),
      delay_seconds: z.int(),
      reason: z.string().nullable(),
    }),
  }),
  z.object({
    status: z.literal("ABORT"),
    state: stateSchema.nullable(),
    details: z.object({ type: z.literal("abort_details"), reason: z.string().nullable() }),
  }),
]);

export type OrchestrationResult = z.infer<typeof orchestrationResultSchema>;
export type OrchestrationStatus = OrchestrationResult["status"];
