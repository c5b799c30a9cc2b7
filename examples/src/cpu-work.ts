/** Work that computes instead of waiting: in worker threads it uses every core, and the flow's own thread stays free. */
import { availableParallelism } from "node:os";
import { flow, runLogger, ThreadPoolTaskRunner, task } from "@sluice/core";
import { z } from "zod";

// Threads import this module and find the task among its exports, so it must be exported.
export const countPrimes = task({ name: "count-primes" }, (from: number, to: number): number => {
  let count = 0;
  for (let number = Math.max(from, 2); number < to; number += 1) if (isPrime(number)) count += 1;
  return count;
});

const parameters = z.object({
  below: z.number().int().positive().default(2_000_000).describe("Primes below this number are counted"),
  parts: z.number().int().positive().default(16).describe("How many tasks share the work"),
});

export const countingPrimes = flow(
  { name: "counting-primes", parameters, taskRunner: new ThreadPoolTaskRunner() },
  async ({ below, parts }) => {
    const bounds = Array.from({ length: parts + 1 }, (_, part) => Math.round((below * part) / parts));
    runLogger().info("Counting", { threads: availableParallelism(), parts });
    const counts = await countPrimes.map(bounds.slice(0, -1), bounds.slice(1));
    return counts.reduce((sum, count) => sum + count, 0);
  },
);

function isPrime(number: number): boolean {
  for (let divisor = 2; divisor * divisor <= number; divisor += 1) if (number % divisor === 0) return false;
  return true;
}
