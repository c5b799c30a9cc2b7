/** A flow as stored: the name that its runs share. */
import { z } from "zod";
import { timestampSchema } from "./timestamp.ts";

export const labelsSchema = z.record(z.string(), z.union([z.string(), z.number(), z.boolean()]));

/** Names become parts of paths and routes, so `/ % & > <` are refused. */
export const objectNameSchema = z
  .string()
  .min(1)
  .regex(/^[^/%&><]+$/, "must not contain any of / % & > <");

export const flowSchema = z.object({
  id: z.uuid(),
  created: timestampSchema,
  updated: timestampSchema,
  name: z.string(),
  tags: z.array(z.string()),
  labels: labelsSchema.nullable(),
});

export type Flow = z.infer<typeof flowSchema>;

export const flowCreateSchema = z.strictObject({
  name: objectNameSchema,
  tags: z.array(z.string()).default([]),
  labels: labelsSchema.nullish(),
});

export type FlowCreate = z.input<typeof flowCreateSchema>;

export const flowUpdateSchema = z.strictObject({ tags: z.array(z.string()).nullish() });

/** Only members that are present are written. */
export type FlowUpdate = z.infer<typeof flowUpdateSchema>;
