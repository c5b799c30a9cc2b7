/** A flow that tests deploy. */
import { z } from "zod";
import { flow } from "../../src/flows/flow.ts";

export const report = flow(
  {
    name: "report",
    description: "Writes the report of a day.",
    version: "3",
    parameters: z.object({ day: z.string(), limit: z.number().default(10) }),
    persistResult: true,
  },
  async ({ day, limit }) => `${day}: ${limit}`,
);
