import { ConcurrentTaskRunner, flow, SequentialTaskRunner, ThreadPoolTaskRunner, task } from "@sluice/core";

export const countPrimes = task({ name: "count-primes" }, (from: number, to: number) => {
  let count = 0;
  for (let n = Math.max(from, 2); n < to; n += 1) if (isPrime(n)) count += 1;
  return count;
});

export const computing = flow(
  { name: "computing", taskRunner: new ThreadPoolTaskRunner({ limit: 2 }) }, // two threads
  () => countPrimes.map([0, 1000], [1000, 2000]),
);

const politely = new ConcurrentTaskRunner({ limit: 3 }); // three at a time on the event loop
const fetchPage = task({ name: "fetch-page" }, async (page: number) => `page ${page}`);

export const crawling = flow({ name: "crawling", taskRunner: politely }, () => fetchPage.map([1, 2, 3, 4]));
export const inOrder = crawling.withOptions({ taskRunner: new SequentialTaskRunner() });

function isPrime(n: number): boolean {
  for (let divisor = 2; divisor * divisor <= n; divisor += 1) if (n % divisor === 0) return false;
  return true;
}
