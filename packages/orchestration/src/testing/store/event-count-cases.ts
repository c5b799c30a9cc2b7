/** Cases of the store suite on counts of events over any time: whatever a store keeps beside the events, it counts as if it did not. */
import { type Event, newId } from "@sluice/protocol";
import { expect, it } from "vitest";
import type { Condition } from "../../conditions.ts";
import type { Store } from "../../store.ts";
import type { StoredEvent } from "../../stored-nouns.ts";
import { fromMicroseconds, toMicroseconds } from "../../timestamp.ts";
import type { OpenStore } from "./open-store.ts";

/** The end of a minute and of an hour. */
const FULL_HOUR = toMicroseconds("2026-03-04T05:00:00Z");

/** Before, at and after the ends of minutes and hours; one before 1970. */
const SECONDS = [
  -2_000_000_000.5, -7200, -3600.000001, -3599, -60, -0.000001, 0, 0, 1, 59.999999, 60, 3599.999999, 3600,
  3661, 7200, 90_000,
];
const NAMES = ["a", "b", "bc"] as const;

type Span = readonly [since: number | undefined, until: number | undefined];

/** With and without ends; on and beside the ends of minutes and hours. */
const SPANS: readonly Span[] = [
  [undefined, undefined],
  [-3600, 7200],
  [-3599.5, 3661.5],
  [undefined, 60],
  [59.999999, undefined],
  [0, 0],
  [1, 30],
  [100, -100],
];

const NAMED: readonly (readonly [string, Condition<StoredEvent> | undefined, readonly string[]])[] = [
  ["every name", undefined, NAMES],
  ["a name", { type: "one-of", member: "event", values: ["b"] }, ["b"]],
  ["the beginning of a name", { type: "starts-with", member: "event", prefixes: ["b"] }, ["b", "bc"]],
  [
    "other names",
    { type: "not", condition: { type: "starts-with", member: "event", prefixes: ["b"] } },
    ["a"],
  ],
  ["no name", { type: "one-of", member: "event", values: ["none"] }, []],
];

export function eventCountCases(open: OpenStore): void {
  it.each(NAMED)("counts events of %s in any time, by time and by name", async (_what, named, names) => {
    const store = await open();
    const events = someEvents();
    await store.events.insert(events);
    await expectCounts(store, { events: events.filter(({ event }) => names.includes(event)), named });
  });

  it("counts what is there after events were sent twice, not kept, and deleted", async () => {
    const store = await open();
    const events = someEvents();
    await store.events.insert(events);
    await store.events.insert(events.slice(5));
    const attempt = store.transaction(async (transaction) => {
      await transaction.events.insert(someEvents());
      throw new RangeError("stop");
    });
    await expect(attempt).rejects.toThrow("stop");
    const old: Condition<StoredEvent> = { type: "at-most", member: "occurred", value: after(3600) };
    expect(await store.events.delete(old, 7)).toBe(7);
    const rest = events.toSorted(byPosition).slice(7);
    await expectCounts(store, { events: rest, named: undefined });
    expect(await store.events.delete(old, 100)).toBe(
      rest.filter(({ occurred }) => occurred <= after(3600)).length,
    );
    await expectCounts(store, {
      events: rest.filter(({ occurred }) => occurred > after(3600)),
      named: undefined,
    });
    await store.events.delete({ type: "at-most", member: "occurred", value: after(1e6) }, 100);
    await expectCounts(store, { events: [], named: undefined });
  });

  it("counts what several write at once", async () => {
    const store = await open();
    const batches = Array.from({ length: 12 }, someEvents);
    await Promise.all(
      batches.map((events) => store.transaction((transaction) => transaction.events.insert(events))),
    );
    await expectCounts(store, { events: batches.flat(), named: undefined });
  });
}

function after(seconds: number): string {
  return fromMicroseconds(FULL_HOUR + Math.round(seconds * 1_000_000));
}

interface Expected {
  readonly events: readonly Event[];
  readonly named: Condition<StoredEvent> | undefined;
}

async function expectCounts(store: Store, { events, named }: Expected): Promise<void> {
  for (const span of SPANS) {
    const where: Condition<StoredEvent> = {
      type: "all",
      conditions: [...(named === undefined ? [] : [named]), ...inSpan(span)],
    };
    const inside = events.filter(({ occurred }) => isIn(span, occurred));
    for (const [origin, seconds] of [
      [after(0), 60],
      [after(0), 300],
      [after(-86_400), 3600],
      [after(60), 7200],
      [after(0.5), 3600],
      [after(0), 90],
    ] as const) {
      const counts = await store.events.countByTime({ where, origin, seconds });
      expect(new Map([...counts].sort(([a], [b]) => a - b))).toEqual(bucketsOf(inside, origin, seconds));
    }
    expect(await store.events.tally({ where, by: "event", limit: 10 })).toEqual(namesOf(inside));
  }
}

function bucketsOf(events: readonly Event[], origin: string, seconds: number): Map<number, number> {
  const counts = new Map<number, number>();
  for (const { occurred } of events.toSorted(byPosition)) {
    const bucket = Math.floor((toMicroseconds(occurred) - toMicroseconds(origin)) / (seconds * 1_000_000));
    counts.set(bucket, (counts.get(bucket) ?? 0) + 1);
  }
  return counts;
}

function namesOf(events: readonly Event[]) {
  return NAMES.flatMap((value) => {
    const instants = events
      .filter(({ event }) => event === value)
      .map(({ occurred }) => occurred)
      .sort();
    const [first] = instants;
    return first === undefined ? [] : [{ value, count: instants.length, first, last: instants.at(-1) }];
  }).sort((a, b) => b.count - a.count);
}

function inSpan([since, until]: Span): Condition<StoredEvent>[] {
  return [
    ...(since === undefined ? [] : [{ type: "at-least", member: "occurred", value: after(since) } as const]),
    ...(until === undefined ? [] : [{ type: "at-most", member: "occurred", value: after(until) } as const]),
  ];
}

function isIn([since, until]: Span, occurred: string): boolean {
  return (
    (since === undefined || occurred >= after(since)) && (until === undefined || occurred <= after(until))
  );
}

/** Names that no two counts are alike of, so that their order is known. */
function someEvents(): Event[] {
  return SECONDS.flatMap((seconds, index) =>
    NAMES.slice(0, 1 + (index % NAMES.length)).map((event) => ({
      id: newId(),
      occurred: after(seconds),
      event,
      resource: { "prefect.resource.id": "thing" },
      related: [],
      payload: {},
      follows: null,
      received: after(seconds),
    })),
  );
}

function byPosition(a: Event, b: Event): number {
  return a.occurred === b.occurred ? (a.id < b.id ? -1 : 1) : a.occurred < b.occurred ? -1 : 1;
}
