import { flow, runLogger, task, unmapped } from "@sluice/core";
import { z } from "zod";

const fetchPage = task(
  { name: "fetch-page", retries: 3, retryDelaySeconds: [1, 5, 20], timeoutSeconds: 10 },
  async (page: number) => [page * 2, page * 2 + 1],
);
const total = task({ name: "total" }, async (numbers: number[], factor: number) =>
  numbers.reduce((sum, number) => sum + number * factor, 0),
);

export const report = flow(
  {
    name: "report",
    parameters: z.object({ pages: z.number().int().default(3), factor: z.number().default(1) }),
  },
  async ({ pages, factor }) => {
    const fetched = fetchPage.map(Array.from({ length: pages }, (_, page) => page)); // futures, at once
    const totals = await total.map(fetched, unmapped(factor)); // element i begins when page i is there
    runLogger().info("Totals ready", { totals });
    return totals;
  },
);
