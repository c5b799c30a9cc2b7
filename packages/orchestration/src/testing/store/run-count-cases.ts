/** Cases of the store suite on counts of flow runs over any time: whatever a store keeps beside the runs, it counts as if it did not. */
import type { Flow, StateType } from "@sluice/protocol";
import { expect, it } from "vitest";
import type { Condition } from "../../conditions.ts";
import { tallyRuns } from "../../memory/tallies.ts";
import type { RunTally, RunTallyQuery, Store } from "../../store.ts";
import type { StoredFlowRun } from "../../stored-nouns.ts";
import { addSeconds } from "../../timestamp.ts";
import { inState, insertFlow, makeFlowRun, makeState } from "./fixtures.ts";
import type { OpenStore } from "./open-store.ts";

/** The end of a minute and of an hour. */
const FULL_HOUR = "2026-03-04T05:00:00.000000Z";
const NOW = after(100_000);
const STATES: readonly StateType[] = ["COMPLETED", "FAILED", "RUNNING", "SCHEDULED", "CANCELLED"];
const SECONDS = [
  -2_000_000_000.5, -7200, -3600.000001, -60, -0.000001, 0, 0, 1, 59.999999, 60, 3599.5, 3600, 7200, 90_000,
];

type Where = Condition<StoredFlowRun> | undefined;

/** Each with what it means, so that it need not be trusted to what is tested. */
const WHERES: readonly (readonly [string, Where, (run: StoredFlowRun) => boolean])[] = [
  ["all runs", undefined, () => true],
  [
    "runs of a time",
    between(-3599.5, 3600.5),
    ({ expected_start_time: at }) => isBetween(at, -3599.5, 3600.5),
  ],
  [
    "runs of whole hours",
    between(-7200, 7199.999999),
    ({ expected_start_time: at }) => isBetween(at, -7200, 7199.999999),
  ],
  ["runs of no time", between(10, 5), () => false],
  [
    "runs in a state",
    { type: "one-of", member: "state_type", values: ["COMPLETED", "RUNNING"] },
    ({ state_type: type }) => type === "COMPLETED" || type === "RUNNING",
  ],
  [
    "runs not in a state, of a time",
    {
      type: "all",
      conditions: [between(0, 90_000), { type: "none-of", member: "state_name", values: ["Failed"] }],
    },
    ({ expected_start_time: at, state_name: name }) => name !== "Failed" && isBetween(at, 0, 90_000),
  ],
];

export function runCountCases(open: OpenStore): void {
  it.each(WHERES)("counts and tallies %s", async (_what, where, isMeant) => {
    const store = await open();
    const runs = await insertRuns(store);
    await expectCounts(store, where, runs.filter(isMeant));
  });

  it("counts runs as they are after they changed", async () => {
    const store = await open();
    const [first, second, third, ...rest] = await insertRuns(store);
    if (first === undefined || second === undefined || third === undefined) throw new Error("Too few runs.");
    const restarted = { ...inState(makeState("RUNNING", 5)), total_run_time: 0 };
    const late = { expected_start_time: after(30), start_time: after(45), total_run_time: 7 };
    const completed = inState(makeState("COMPLETED", 9));
    await store.flowRuns.update(first.id, restarted);
    await store.flowRuns.update(second.id, late);
    await store.flowRuns.update(third.id, completed);
    await store.flowRuns.update(third.id, { name: "renamed" });
    const gone = rest.slice(0, 4);
    for (const { id } of gone) await store.flowRuns.delete(id);
    await expect(
      store.transaction(async (transaction) => {
        await insertRuns(transaction);
        throw new RangeError("stop");
      }),
    ).rejects.toThrow("stop");
    const now = [
      { ...first, ...restarted },
      { ...second, ...late },
      { ...third, ...completed },
      ...rest.slice(4),
    ];
    await expectCounts(store, undefined, now);
    for (const { id } of now) await store.flowRuns.delete(id);
    await expectCounts(store, undefined, []);
  });

  it("counts runs that end at once", async () => {
    const store = await open();
    const flow = await insertFlow(store);
    const runs = Array.from({ length: 24 }, () => makeRun(flow, "RUNNING", 0));
    for (const run of runs) await store.flowRuns.insert(run);
    const completed = inState(makeState("COMPLETED", 9));
    await Promise.all(
      runs.map(({ id }) =>
        store.transaction(async (transaction) => {
          await transaction.flowRuns.find(id);
          await transaction.flowRuns.update(id, completed);
        }),
      ),
    );
    await expectCounts(
      store,
      undefined,
      runs.map((run) => ({ ...run, ...completed })),
    );
  });
}

async function expectCounts(store: Store, where: Where, runs: readonly StoredFlowRun[]): Promise<void> {
  expect(await store.flowRuns.count(where)).toBe(runs.length);
  for (const [origin, seconds] of [
    [after(-3600), 3600],
    [after(0.5), 7200],
    [after(60), 90],
    ["0001-01-01T00:00:00.000000Z", 315_000_000_000],
  ] as const) {
    const query: RunTallyQuery<StoredFlowRun> = {
      where,
      by: "expected_start_time",
      origin,
      seconds,
      now: NOW,
    };
    expect(rounded(await store.flowRuns.tally(query))).toEqual(rounded(tallyRuns(runs, query)));
  }
}

function rounded(tallies: readonly RunTally[]): RunTally[] {
  return tallies
    .map((tally) => ({
      ...tally,
      runTimeSeconds: Math.round(tally.runTimeSeconds * 1e5) / 1e5,
      latenessSeconds: Math.round(tally.latenessSeconds * 1e5) / 1e5,
    }))
    .sort((a, b) => a.bucket - b.bucket || ((a.stateName ?? "") < (b.stateName ?? "") ? -1 : 1));
}

/** In every state at every time, and some without a time or a state. */
async function insertRuns(store: Store): Promise<StoredFlowRun[]> {
  const flow = await insertFlow(store);
  const runs = [
    ...SECONDS.flatMap((seconds, index) =>
      STATES.slice(0, 2 + (index % STATES.length)).map((type) => makeRun(flow, type, seconds)),
    ),
    makeFlowRun(flow, { expected_start_time: null, state: makeState("COMPLETED", 1) }),
    makeFlowRun(flow, { expected_start_time: null, state: makeState("PENDING", 1) }),
    makeFlowRun(flow, { expected_start_time: after(1), state: null }),
  ];
  return Promise.all(runs.map(async (run) => (await store.flowRuns.insert(run)).run));
}

function makeRun(flow: Flow, type: StateType, seconds: number): StoredFlowRun {
  return makeFlowRun(flow, {
    expected_start_time: after(seconds),
    start_time: type === "SCHEDULED" ? null : after(seconds + 1.25),
    total_run_time: 2.5,
    state: makeState(type, 3),
  });
}

function between(since: number, until: number): Condition<StoredFlowRun> {
  return {
    type: "all",
    conditions: [
      { type: "at-least", member: "expected_start_time", value: after(since) },
      { type: "at-most", member: "expected_start_time", value: after(until) },
    ],
  };
}

function isBetween(instant: string | null, since: number, until: number): boolean {
  return instant !== null && instant >= after(since) && instant <= after(until);
}

function after(seconds: number): string {
  return addSeconds(FULL_HOUR, seconds);
}
