import { type CachePolicy, flow, INPUTS, MemoryLockManager, TASK_SOURCE, task } from "@sluice/core";

const exchangeRate = task(
  { name: "exchange-rate", cachePolicy: INPUTS.minus("tell"), cacheExpiration: { hours: 1 } },
  async (currency: string, tell: (text: string) => void) => {
    tell(`asking for ${currency}`);
    return currency === "EUR" ? 1 : 1.25;
  },
);

const largest = task(
  { name: "largest", cacheKey: ({ parameters }) => `largest-of-${parameters["day"]}` },
  async (day: string, prices: number[]) => ({ day, price: Math.max(...prices) }),
);

const once: CachePolicy = INPUTS.plus(TASK_SOURCE).configure({
  isolationLevel: "serializable",
  lockManager: new MemoryLockManager(),
});
const train = task({ name: "train", cachePolicy: once }, async (model: string) => model.length);

export const pricing = flow({ name: "pricing" }, async ({ day }: { day: string }) => {
  const asked: string[] = [];
  const rates = [];
  for (const currency of ["USD", "EUR", "USD"]) {
    rates.push(await exchangeRate(currency, (text) => asked.push(text))); // the third is Cached
  }
  const trained = await train.map(["small", "small", "large"]); // "small" is trained once, "large" beside it
  return { asked: asked.length, rates, trained, ...(await largest(day, rates)) };
});
