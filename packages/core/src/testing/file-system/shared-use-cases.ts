/** The part of the file system suite about what the core keeps in one: locks and results, shared by processes. */
import { expect, it } from "vitest";
import { readText } from "../../filesystems/file-operations.ts";
import { FileSystemLockManager } from "../../locking/file-system-lock-manager.ts";
import { ResultStore } from "../../results/result-store.ts";
import { type Place, requireCapability } from "./place.ts";

const HOLDERS = ["first", "second", "third"];
const TIMEOUT_MS = 60_000;

/** @param place - an empty one for each test */
export function sharedUseCases(place: () => Place): void {
  it(
    "lets one holder at a time have a lock, of lock managers that know nothing of each other",
    async (context) => {
      const here = place();
      requireCapability(context, here, "conditionalCreate");
      const { fileSystem, at } = here;
      await fileSystem.write(at("counter"), "0");
      const counted = HOLDERS.map(async (holder) => {
        const locks = new FileSystemLockManager({ fileSystem, directory: at("locks") });
        await using _ = await locks.acquire("counter", { holder });
        const count = Number(await readText(fileSystem, at("counter")));
        await fileSystem.write(at("counter"), String(count + 1));
      });
      await Promise.all(counted);
      expect(await readText(fileSystem, at("counter"))).toBe(String(HOLDERS.length));
    },
    TIMEOUT_MS,
  );

  it(
    "keeps results by key, for another store that reads them",
    async () => {
      const { fileSystem: storage, at } = place();
      const value = { at: new Date(0), counts: new Map([["ü", 42n]]) };
      const key = at("results/of a task: ü?");
      await new ResultStore({ storage, sdkVersion: "0.0.0" }).write(key, value);
      const other = new ResultStore({ storage, sdkVersion: "0.0.0" });
      expect((await other.read(key)).value).toEqual(value);
      await expect(other.read(at("results/none"))).rejects.toMatchObject({ code: "MISSING_RESULT" });
    },
    TIMEOUT_MS,
  );
}
