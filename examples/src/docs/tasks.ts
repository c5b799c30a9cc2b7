import { exponentialBackoff, runContext, task } from "@sluice/core";

export const fetchPrice = task(
  {
    name: "fetch-price",
    taskRunName: "price-of-{symbol}",
    tags: ["market"],
    retries: 5,
    retryDelaySeconds: exponentialBackoff(0.5), // 0.5, 1, 2, 4, 8 seconds …
    retryJitterFactor: 0.3, // … and up to 30 % more, drawn anew each time
    retryCondition: ({ error }) => !(error instanceof RangeError),
    timeoutSeconds: 10,
  },
  async (symbol: string, url: string): Promise<number> => {
    // The signal aborts on timeout and on cancellation: hand it to whatever can stop.
    const response = await fetch(`${url}/${symbol}`, { signal: runContext().signal });
    if (response.status === 404) throw new RangeError(`There is no ${symbol}.`);
    return Number(await response.text());
  },
);
