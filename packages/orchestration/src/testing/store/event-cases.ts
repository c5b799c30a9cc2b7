/** Cases of the store suite on events. */
import { type Event, newId } from "@sluice/protocol";
import { expect, it } from "vitest";
import type { Condition, LabelPattern } from "../../conditions.ts";
import type { Store } from "../../store.ts";
import type { StoredEvent } from "../../stored-nouns.ts";
import { at, labelled, makeEvent } from "./fixtures.ts";
import type { OpenStore } from "./open-store.ts";

export function eventCases(open: OpenStore): void {
  insertCases(open);
  conditionCases(open);
  pageCases(open);
  countCases(open);
  deletionCases(open);
  nameCases(open);
}

function insertCases(open: OpenStore): void {
  it("keeps events as they are and gives those that are new, in their order", async () => {
    const store = await open();
    const [a, b, c] = [makeEvent(1), makeEvent(0, { payload: { text: "ü", list: [1, null] } }), makeEvent(2)];
    expect(await store.events.insert([b])).toEqual([b]);
    expect(await store.events.insert([c, b, a, c])).toEqual([c, a]);
    expect(await store.events.list({ direction: "asc", limit: 10 })).toEqual([b, a, c]);
    expect(await store.events.insert([])).toEqual([]);
  });

  it("keeps no event of a transaction that failed", async () => {
    const store = await open();
    const attempt = store.transaction(async (transaction) => {
      await transaction.events.insert([makeEvent(0)]);
      throw new RangeError("stop");
    });
    await expect(attempt).rejects.toThrow("stop");
    expect(await store.events.count(undefined, 10)).toBe(0);
  });
}

const HOST = "prefect.host";

/** What finds which of the `threeEvents`. */
const CONDITIONS: readonly (readonly [string, Condition<StoredEvent>, readonly string[]])[] = [
  ["time", { type: "at-least", member: "occurred", value: at(1) }, ["b", "c"]],
  ["name", { type: "one-of", member: "event", values: ["a", "c"] }, ["a", "c"]],
  [
    "beginnings of the resource",
    { type: "starts-with", member: "resource_id", prefixes: ["run.1", "x"] },
    ["a", "b"],
  ],
  ["any resource", { type: "contains-any", member: "resource_ids", values: ["flow.1"] }, ["a", "c"]],
  [
    "one of several resources",
    { type: "contains-any", member: "resource_ids", values: ["run.2", "flow.2"] },
    ["b", "c"],
  ],
  [
    "any resource and time",
    {
      type: "all",
      conditions: [
        { type: "contains-any", member: "resource_ids", values: ["flow.1"] },
        { type: "at-most", member: "occurred", value: at(1) },
        { type: "not", condition: { type: "one-of", member: "id", values: [newId()] } },
      ],
    },
    ["a"],
  ],
  [
    "two resources",
    {
      type: "all",
      conditions: [
        { type: "contains-any", member: "resource_ids", values: ["flow.1"] },
        { type: "contains-any", member: "resource_ids", values: ["run.2"] },
      ],
    },
    ["c"],
  ],
  ["no resource", { type: "contains-any", member: "resource_ids", values: [] }, []],
  ["a label", hasLabel("resource", HOST, pattern("h1")), ["a"]],
  ["the beginning of a label", hasLabel("resource", HOST, pattern("h", { isPrefix: true })), ["a", "b"]],
  ["another label", hasLabel("resource", HOST, pattern("h1", { isNegated: true })), ["b"]],
  ["one of two labels", hasLabel("resource", HOST, pattern("h1"), pattern("h2")), ["a", "b"]],
  ["a label without values", hasLabel("resource", HOST), []],
  [
    "a label of a related resource",
    hasLabel("related", "prefect.resource.role", pattern("flow")),
    ["a", "b", "c"],
  ],
  [
    "labels of one related resource",
    {
      type: "has-labels",
      member: "related",
      labels: [
        { label: "prefect.resource.id", patterns: [pattern("flow.1")] },
        { label: 'odd "label".*', patterns: [pattern("yes")] },
      ],
    },
    ["c"],
  ],
  ["text of the payload", { type: "contains-text", members: ["event", "payload"], text: "NEEDLE" }, ["b"]],
  ["text of related resources", { type: "contains-text", members: ["related"], text: "Flow.2" }, ["b"]],
];

function conditionCases(open: OpenStore): void {
  it.each(CONDITIONS)("finds events by %s", async (_what, where, names) => {
    const store = await open();
    await store.events.insert(threeEvents());
    expect(await eventNames(store, where)).toEqual(names);
    expect(await store.events.count(where, 10)).toBe(names.length);
  });
}

function pageCases(open: OpenStore): void {
  it("pages by the position of the last event, in either direction", async () => {
    const store = await open();
    const events = [0, 1, 1, 1, 2].map((seconds) => makeEvent(seconds)).toSorted(byPosition);
    await store.events.insert(events.toReversed());
    for (const direction of ["asc", "desc"] as const) {
      const expected = direction === "asc" ? events : events.toReversed();
      const first = await store.events.list({ direction, limit: 2 });
      const second = await store.events.list({ direction, limit: 2, after: first.at(-1) });
      const third = await store.events.list({ direction, limit: 2, after: second.at(-1) });
      expect([...first, ...second, ...third]).toEqual(expected);
    }
  });

  it("pages through the events of one resource", async () => {
    const store = await open();
    const own = [0, 1, 2].map((seconds) => makeEvent(seconds, {}, "mine"));
    await store.events.insert([...own, makeEvent(1, {}, "other")]);
    const where: Condition<StoredEvent> = { type: "contains-any", member: "resource_ids", values: ["mine"] };
    const [last] = await store.events.list({ where, direction: "desc", limit: 1 });
    expect(last).toEqual(own[2]);
    expect(await store.events.list({ where, direction: "desc", limit: 5, after: last })).toEqual([
      own[1],
      own[0],
    ]);
  });

  it("gives only the newest event of each resource when asked to", async () => {
    const store = await open();
    const [a1, b1, a2] = [makeEvent(0, {}, "a"), makeEvent(1, {}, "b"), makeEvent(2, {}, "a")];
    await store.events.insert([a1, b1, a2]);
    const list = (after?: Event) =>
      store.events.list({ direction: "desc", limit: 5, isDistinct: true, after });
    expect(await list()).toEqual([a2, b1]);
    expect(await list(a2)).toEqual([b1]);
  });
}

function countCases(open: OpenStore): void {
  it("counts no further than it has to", async () => {
    const store = await open();
    await store.events.insert([0, 1, 2].map((seconds) => makeEvent(seconds)));
    expect(await store.events.count(undefined, 2)).toBe(2);
    expect(await store.events.count(undefined, 5)).toBe(3);
  });

  it("tells the most frequent names and resources, with the time they span", async () => {
    const store = await open();
    await store.events.insert([
      makeEvent(0, { event: "x" }, "a"),
      makeEvent(1, { event: "y" }, "a"),
      makeEvent(3, { event: "y" }, "b"),
      makeEvent(4, { event: "w" }, "b"),
    ]);
    expect(await store.events.tally({ by: "event", limit: 2 })).toEqual([
      { value: "y", count: 2, first: at(1), last: at(3) },
      { value: "w", count: 1, first: at(4), last: at(4) },
    ]);
    const where: Condition<StoredEvent> = { type: "at-most", member: "occurred", value: at(3) };
    expect(await store.events.tally({ where, by: "resource_id", limit: 5 })).toEqual([
      { value: "a", count: 2, first: at(0), last: at(1) },
      { value: "b", count: 1, first: at(3), last: at(3) },
    ]);
  });

  it("counts in spans of time that begin at an origin", async () => {
    const store = await open();
    await store.events.insert([-0.1, 0, 0.249999, 0.25, 7200].map((seconds) => makeEvent(seconds)));
    const countBy = async (seconds: number) =>
      [...(await store.events.countByTime({ origin: at(0), seconds }))].sort(([a], [b]) => a - b);
    expect(await countBy(0.25)).toEqual([
      [-1, 1],
      [0, 2],
      [1, 1],
      [28_800, 1],
    ]);
    expect(await countBy(3600)).toEqual([
      [-1, 1],
      [0, 3],
      [2, 1],
    ]);
  });
}

function deletionCases(open: OpenStore): void {
  it("deletes the oldest that match, as many as it may", async () => {
    const store = await open();
    const [a, b, c] = [makeEvent(0, {}, "r"), makeEvent(1, {}, "r"), makeEvent(2, {}, "r")];
    await store.events.insert([c, a, b]);
    const old: Condition<StoredEvent> = { type: "at-most", member: "occurred", value: at(1) };
    expect(await store.events.delete(old, 1)).toBe(1);
    const ofResource: Condition<StoredEvent> = {
      type: "contains-any",
      member: "resource_ids",
      values: ["r"],
    };
    expect(await store.events.list({ where: ofResource, direction: "asc", limit: 5 })).toEqual([b, c]);
    expect(await store.events.delete(old, 5)).toBe(1);
    expect(await store.events.delete(old, 5)).toBe(0);
    expect(await store.events.insert([a])).toEqual([a]);
    expect(await store.events.count(ofResource, 5)).toBe(2);
  });
}

function threeEvents(): Event[] {
  const related = (id: string, labels: Record<string, string> = {}) => [
    { "prefect.resource.id": id, "prefect.resource.role": "flow", ...labels },
  ];
  return [
    {
      ...makeEvent(0, { event: "a", related: related("flow.1") }, "run.1"),
      resource: labelled("run.1", { [HOST]: "h1" }),
    },
    {
      ...makeEvent(1, { event: "b", related: related("flow.2"), payload: { deep: ["a Needle"] } }, "run.10"),
      resource: labelled("run.10", { [HOST]: "h2" }),
    },
    makeEvent(2, { event: "c", related: related("flow.1", { 'odd "label".*': "yes" }) }, "run.2"),
  ];
}

function nameCases(open: OpenStore): void {
  it("lists each name once, in order", async () => {
    const store = await open();
    expect(await store.events.listNames()).toEqual([]);
    const names = ["b", "ü", "a", "b", "\uff5e", "😀", "a.b", "B", "b"];
    await store.events.insert(names.map((event, index) => makeEvent(index, { event })));
    const listed = ["B", "a", "a.b", "b", "ü", "\uff5e", "😀"];
    expect(await store.events.listNames()).toEqual(listed);
    await store.events.delete({ type: "equals", member: "event", value: "a" }, 10);
    expect(await store.events.listNames()).toEqual(listed.filter((name) => name !== "a"));
  });
}

async function eventNames(store: Store, where: Condition<StoredEvent>): Promise<string[]> {
  return (await store.events.list({ where, direction: "asc", limit: 10 })).map(({ event }) => event);
}

function hasLabel(
  member: "resource" | "related",
  label: string,
  ...patterns: readonly LabelPattern[]
): Condition<StoredEvent> {
  return { type: "has-labels", member, labels: [{ label, patterns }] };
}

function pattern(text: string, members: Partial<LabelPattern> = {}): LabelPattern {
  return { text, isPrefix: false, isNegated: false, ...members };
}

function byPosition(a: Event, b: Event): number {
  return a.occurred === b.occurred ? (a.id < b.id ? -1 : 1) : a.occurred < b.occurred ? -1 : 1;
}
