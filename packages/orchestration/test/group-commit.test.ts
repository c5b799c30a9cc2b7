import { expect, it } from "vitest";
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
