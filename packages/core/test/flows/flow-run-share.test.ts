import { describe, expect, it } from "vitest";
import { flow } from "../../src/flows/flow.ts";
import { FlowRunShare } from "../../src/flows/flow-run-share.ts";
import { task } from "../../src/tasks/task.ts";
import { engineTest, turns } from "../engine-fixture.ts";

/** A share that notes what is opened and closed. */
function noted(failures = 0) {
  const notes: string[] = [];
  let left = failures;
  const share = new FlowRunShare({
    open: async (key: string) => {
      await turns(1);
      notes.push(`open ${key}`);
      left -= 1;
      if (left >= 0) throw new Error("not yet");
      return { key };
    },
    close: async ({ key }) => {
      await turns(1);
      notes.push(`close ${key}`);
    },
  });
  const used = task({ name: "used" }, (key: string, word: string) =>
    share.use(key, async (value) => {
      notes.push(`${word} ${value.key}`);
      await turns(1);
      return value;
    }),
  );
  return { notes, share, used };
}

describe("what tasks of a flow run share", () => {
  engineTest("is opened once and closed at its end", async () => {
    const { notes, used } = noted();
    const same = await flow({ name: "f" }, async () => {
      const first = used.submit("db", "one");
      const second = used.submit("db", "two");
      return (await first) === (await second);
    })();
    expect(same).toBe(true);
    expect(notes).toEqual(["open db", "one db", "two db", "close db"]);
  });

  engineTest("is another one in another flow run, and under another key", async () => {
    const { notes, used } = noted();
    const twice = flow(
      { name: "f" },
      async ({ key }: { readonly key: string }) => void (await used(key, "use")),
    );
    await twice({ key: "a" });
    await twice({ key: "b" });
    expect(notes).toEqual(["open a", "use a", "close a", "open b", "use b", "close b"]);
  });

  engineTest("is closed when the flow fails", async () => {
    const { notes, used } = noted();
    const failing = flow({ name: "f" }, async () => {
      await used("db", "use");
      throw new Error("no");
    });
    await expect(failing()).rejects.toThrow("no");
    expect(notes).toEqual(["open db", "use db", "close db"]);
  });

  engineTest("is opened again when that failed", async () => {
    const { notes, used } = noted(1);
    const patient = used.withOptions({ retries: 1 });
    await flow({ name: "f" }, async () => void (await patient("db", "use")))();
    expect(notes).toEqual(["open db", "open db", "use db", "close db"]);
  });

  it("is opened and closed for a single use outside a flow", async () => {
    const { notes, share } = noted();
    await expect(share.use("db", () => Promise.reject(new Error("no")))).rejects.toThrow("no");
    expect(notes).toEqual(["open db", "close db"]);
  });
});
