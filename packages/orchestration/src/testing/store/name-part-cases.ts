/** Cases of the store suite on flow runs that are looked for by a part of their name. */
import { expect, it } from "vitest";
import type { Condition } from "../../conditions.ts";
import type { Store } from "../../store.ts";
import type { StoredFlowRun } from "../../stored-nouns.ts";
import { insertFlow, makeFlowRun } from "./fixtures.ts";
import type { OpenStore } from "./open-store.ts";

const LONG = `${"x".repeat(700)}-needle`;
const NAMES = ["merry-otter", "Merry-OTTER-2", 'a "quoted" *name*?', "Größe-otter", "[otter]", "ab", LONG];

/** Part → the names that have it. */
const PARTS: readonly (readonly [string, readonly string[]])[] = [
  ["otter", ["merry-otter", "Merry-OTTER-2", "Größe-otter", "[otter]"]],
  ["MERRY-O", ["merry-otter", "Merry-OTTER-2"]],
  ["otter]", ["[otter]"]],
  ['"quoted" *', ['a "quoted" *name*?']],
  ["*name*?", ['a "quoted" *name*?']],
  ["größe", ["Größe-otter"]],
  ["öße-ott", ["Größe-otter"]],
  ["b", ["ab"]],
  ["XX-NEEDLE", [LONG]],
  ["otters", []],
  ["ott AND ter", []],
];

export function namePartCases(open: OpenStore): void {
  it.each(PARTS)("finds flow runs by the part %s of their name", async (part, names) => {
    const store = await open();
    await insertNamed(store, NAMES);
    expect(await namesWith(store, part)).toEqual(names.toSorted());
    expect(await store.flowRuns.count(hasPart(part))).toBe(names.length);
  });

  it("combines parts of names with other conditions", async () => {
    const store = await open();
    await insertNamed(store, NAMES);
    const where: Condition<StoredFlowRun> = {
      type: "all",
      conditions: [
        { type: "any", conditions: [hasPart("merry"), hasPart("[otter")] },
        { type: "not", condition: hasPart("er-2") },
      ],
    };
    expect(await listNames(store, where)).toEqual(["[otter]", "merry-otter"]);
    expect(await store.flowRuns.countBy("name", where)).toEqual(
      new Map([
        ["[otter]", 1],
        ["merry-otter", 1],
      ]),
    );
  });

  it("finds a flow run by the name that it has now, and none that is deleted", async () => {
    const store = await open();
    const [renamed = "", deleted = ""] = await insertNamed(store, ["old-name", "old-name", "old-name"]);
    await store.flowRuns.update(renamed, { name: "new-name" });
    await store.flowRuns.delete(deleted);
    expect(await namesWith(store, "old-")).toEqual(["old-name"]);
    expect(await namesWith(store, "new-")).toEqual(["new-name"]);
    await store.flowRuns.delete(renamed);
    expect(await namesWith(store, "new-")).toEqual([]);
  });

  it("finds flow runs by a part that more than a thousand names have", async () => {
    const store = await open();
    const flow = await insertFlow(store);
    await store.transaction(async (transaction) => {
      for (let index = 0; index < 1100; index += 1)
        await transaction.flowRuns.insert(makeFlowRun(flow, { name: `common-${index}` }));
    });
    expect(await store.flowRuns.count(hasPart("common"))).toBe(1100);
    expect(await store.flowRuns.list({ where: hasPart("common"), limit: 3 })).toHaveLength(3);
  });
}

/** Gives the ids. */
async function insertNamed(store: Store, names: readonly string[]): Promise<string[]> {
  const flow = await insertFlow(store);
  const inserted = await Promise.all(names.map((name) => store.flowRuns.insert(makeFlowRun(flow, { name }))));
  return inserted.map(({ run }) => run.id);
}

function hasPart(text: string): Condition<StoredFlowRun> {
  return { type: "contains-text", members: ["name"], text };
}

function namesWith(store: Store, part: string): Promise<string[]> {
  return listNames(store, hasPart(part));
}

async function listNames(store: Store, where: Condition<StoredFlowRun>): Promise<string[]> {
  return (await store.flowRuns.list({ where })).map(({ name }) => name).toSorted();
}
