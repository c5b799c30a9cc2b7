/** The flow that testing-flows.md tests. */
import { flow, notifyOn, runLogger, task } from "@sluice/core";
import { Block } from "@sluice/core/blocks";
import { z } from "zod";

export class Shop extends Block.define({
  slug: "shop",
  name: "Shop",
  schema: z.object({ url: z.url() }),
}) {
  async price(article: string): Promise<number> {
    const url = new URL(`prices/${encodeURIComponent(article)}`, this.url);
    const response = await fetch(url, { signal: AbortSignal.timeout(10_000) });
    if (!response.ok) throw new Error(`The shop answers ${response.status}.`);
    return Number(await response.text());
  }
}

const readPrice = task(
  { name: "read-price", retries: 3, retryDelaySeconds: [60, 600, 3600], timeoutSeconds: 30 },
  async (article: string): Promise<number> => {
    const shop = await Shop.load("main");
    return shop.price(article);
  },
);

export const watchPrices = flow(
  { name: "watch-prices", onStateChange: notifyOn(["FAILED", "CRASHED"], "slack-webhook/team") },
  async ({ articles, below }: { articles: string[]; below: number }) => {
    const prices = await readPrice.map(articles);
    runLogger().info("Prices read", { prices });
    return articles.filter((_, index) => (prices[index] ?? below) < below);
  },
);
