import { HistoryUnavailableError } from "@sluice/protocol";
import { expect, it, vi } from "vitest";
import { GroupCommit } from "../src/group-commit.ts";

it("takes what its callers bring right after they were told, one time after another", async () => {
  const written: number[] = [];
  const commit = new GroupCommit<number>({
    write: async (items) => void written.push(...items),
    maxItems: 10,
    maxWaiting: 10,
  });
  for (let item = 0; item < 20; item += 1) await commit.add([item]);
  await commit.idle();
  expect(written).toEqual(Array.from({ length: 20 }, (_, item) => item));
});

it("lets no item that cannot be kept keep out those of others", async () => {
  const written: number[] = [];
  const commit = new GroupCommit<number>({
    write: async (items) => {
      if (items.includes(13)) throw new Error("13 cannot be kept.");
      written.push(...items);
    },
    maxItems: 100,
    maxWaiting: 100,
  });
  const results = await Promise.allSettled(Array.from({ length: 20 }, (_, item) => commit.add([item])));
  expect(results.flatMap((result, item) => (result.status === "rejected" ? [item] : []))).toEqual([13]);
  expect(written).toHaveLength(19);
});

it("tries once where nothing can be kept now, and tells everybody", async () => {
  const write = vi.fn(() => Promise.reject(new HistoryUnavailableError("The database is away.")));
  const commit = new GroupCommit<number>({ write, maxItems: 100, maxWaiting: 100 });
  const results = await Promise.allSettled([commit.add([1]), commit.add([2])]);
  expect(results.map(({ status }) => status)).toEqual(["rejected", "rejected"]);
  expect(write).toHaveBeenCalledTimes(1);
});

it("refuses more than may wait", async () => {
  let release = (): void => undefined;
  const gate = new Promise<void>((resolve) => {
    release = resolve;
  });
  const commit = new GroupCommit<number>({ write: () => gate, maxItems: 1, maxWaiting: 2 });
  const taken = [commit.add([1])];
  await Promise.resolve();
  taken.push(commit.add([2]), commit.add([3]));
  expect(commit.size).toBe(2);
  await expect(commit.add([4])).rejects.toMatchObject({ code: "HISTORY_UNAVAILABLE" });
  release();
  await Promise.all(taken);
  await commit.idle();
  expect(commit.size).toBe(0);
});
