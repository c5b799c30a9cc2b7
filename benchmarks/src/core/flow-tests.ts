/** A flow test in the harness against the bare code: five tasks that fail at first and are retried after a minute. */
import { flow, task } from "@sluice/core";
import { flowHarness } from "@sluice/core/testing/harness";
import { amount } from "../amount.ts";
import { elapsedMs, type Measurement, measurement, median } from "../measurement.ts";

const TESTS = amount(50);
const PAGES = [1, 2, 3, 4, 5];

/** Fails the first time it is called for a page. */
function flakyPages(): (page: number) => Promise<number> {
  const seen = new Set<number>();
  return async (page) => {
    if (seen.has(page)) return page * 2;
    seen.add(page);
    throw new Error(`page ${page} is away`);
  };
}

async function harnessTest(): Promise<void> {
  const fetchPage = task({ name: "fetch-page", retries: 2, retryDelaySeconds: 60 }, flakyPages());
  const pages = flow({ name: "pages" }, async () => fetchPage.map(PAGES));
  const harness = flowHarness();
  const run = await harness.run(pages);
  await harness.close();
  if (run.taskRuns.some(({ runCount }) => runCount !== 2))
    throw new Error(`The flow test failed: ${run.state}`);
}

async function bareTest(): Promise<void> {
  const fetchPage = flakyPages();
  await Promise.all(PAGES.map((page) => fetchPage(page).catch(() => fetchPage(page))));
}

export async function flowTests(): Promise<Measurement[]> {
  const harness: number[] = [];
  const bare: number[] = [];
  for (let test = 0; test < TESTS; test += 1) {
    harness.push(await elapsedMs(harnessTest));
    bare.push(await elapsedMs(bareTest));
  }
  return [
    measurement({
      name: "flow test, five retried tasks",
      unit: "ms",
      value: median(harness),
      baseline: median(bare),
      against: "the bare code of the tasks",
      target: 20,
    }),
  ];
}
