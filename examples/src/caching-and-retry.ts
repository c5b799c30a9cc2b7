/**
 * Work that is not done twice. The first run fails, as the shop is closed:
 *
 *     sluice run src/caching-and-retry.ts --name my-order
 *     sluice flow-run retry my-order -p shopIsOpen=true
 *
 * The second command runs the same flow run again, and the prices come from storage: its summary counts them as Cached.
 */
import { flow, INPUTS, runLogger, task } from "@sluice/core";
import { z } from "zod";

// A persisted result is written to storage, and found again by a retry of the flow run that comes to the same call.
const askPrice = task({ name: "ask-price", persistResult: true }, async (item: string): Promise<number> => {
  runLogger().info("Asking for a price takes long", { item });
  return item.length * 10;
});

// With INPUTS any run finds the result: the same arguments give the same value, for an hour.
const exchangeRate = task(
  { name: "exchange-rate", cachePolicy: INPUTS, cacheExpiration: { hours: 1 } },
  async (currency: string): Promise<number> => {
    runLogger().info("Asking the bank", { currency });
    return currency === "EUR" ? 1 : 1.25;
  },
);

const order = task({ name: "order" }, async (total: number, shopIsOpen: boolean): Promise<string> => {
  if (!shopIsOpen) throw new Error("The shop is closed.");
  return `Ordered for ${total}`;
});

const parameters = z.object({
  items: z.array(z.string()).default(["bread", "cheese", "apples"]).describe("What to buy"),
  currency: z.enum(["EUR", "USD"]).default("USD").describe("What to pay with"),
  shopIsOpen: z.boolean().default(false).describe("Whether the order can succeed"),
});

export const shopping = flow({ name: "shopping", parameters }, async ({ items, currency, shopIsOpen }) => {
  const prices = await askPrice.map(items);
  const rate = await exchangeRate(currency);
  return order(prices.reduce((sum, price) => sum + price, 0) * rate, shopIsOpen);
});
