/** Cases of the store suite on counts by value, time and state. */
import { expect, it } from "vitest";
import type { RunTally } from "../../store.ts";
import { at, insertFlow, makeFlowRun, makeRecord, makeState } from "./fixtures.ts";
import type { OpenStore } from "./open-store.ts";

export function tallyCases(open: OpenStore): void {
  it("counts runs by the values of a member", async () => {
    const store = await open();
    const [one, other] = [await insertFlow(store), await insertFlow(store)];
    for (const [flow, name] of [
      [one, "a"],
      [one, "b"],
      [other, "a"],
    ] as const) {
      await store.flowRuns.insert(
        makeFlowRun(flow, { name, state: name === "b" ? null : makeState("RUNNING") }),
      );
    }
    expect(await store.flowRuns.countBy("flow_id")).toEqual(
      new Map([
        [one.id, 2],
        [other.id, 1],
      ]),
    );
    expect(await store.flowRuns.countBy("state_type")).toEqual(new Map([["RUNNING", 2]]));
    const named = { type: "one-of", member: "name", values: ["b"] } as const;
    expect(await store.flowRuns.countBy("flow_id", named)).toEqual(new Map([[one.id, 1]]));
    expect(await store.flows.countBy("name")).toEqual(
      new Map([
        [one.name, 1],
        [other.name, 1],
      ]),
    );
    expect(await store.objects("work_queue").countBy("work_pool_id")).toEqual(new Map());
  });

  it("tallies flow runs by span of time and state, with run time and lateness until now", async () => {
    const store = await open();
    const flow = await insertFlow(store);
    const runs = [
      // Started 2 s late and runs since 4 s.
      { expected_start_time: at(0), start_time: at(2), total_run_time: 1.5, state: makeState("RUNNING", 6) },
      { expected_start_time: at(5), start_time: at(5), total_run_time: 3, state: makeState("COMPLETED", 8) },
      {
        expected_start_time: at(9.999999),
        start_time: at(9),
        total_run_time: 4,
        state: makeState("COMPLETED", 8),
      },
      // Waits since 0 s, 30 s too early to be late, and cancelled before it began.
      { expected_start_time: at(10), state: makeState("SCHEDULED", 0, { name: "Late" }) },
      { expected_start_time: at(40), state: makeState("SCHEDULED") },
      { expected_start_time: at(-1), state: makeState("CANCELLED") },
      { expected_start_time: null, state: makeState("PENDING") },
    ];
    for (const run of runs) await store.flowRuns.insert(makeFlowRun(flow, run));
    const query = { by: "expected_start_time", origin: at(0), seconds: 10, now: at(10) } as const;
    expect(sorted(await store.flowRuns.tally(query))).toEqual([
      tally(-1, "CANCELLED", "Cancelled", 1),
      { ...tally(0, "COMPLETED", "Completed", 2), runTimeSeconds: 7 },
      { ...tally(0, "RUNNING", "Running", 1), runTimeSeconds: 5.5, latenessSeconds: 2 },
      tally(1, "SCHEDULED", "Late", 1),
      tally(4, "SCHEDULED", "Scheduled", 1),
    ]);
    const where = { type: "one-of", member: "state_name", values: ["Late"] } as const;
    expect(await store.flowRuns.tally({ ...query, where, now: at(12.25) })).toEqual([
      { ...tally(1, "SCHEDULED", "Late", 1), latenessSeconds: 2.25 },
    ]);
  });

  it("tallies task runs by their start", async () => {
    const store = await open();
    const records = [0, 1, 59, 60].map((seconds) =>
      makeRecord(null, [makeState(seconds === 1 ? "RUNNING" : "COMPLETED", seconds)], {
        start_time: at(seconds),
      }),
    );
    await store.taskRuns.record(records, at(0));
    const query = { by: "start_time", origin: at(0), seconds: 60, now: at(61) } as const;
    expect(sorted(await store.taskRuns.tally(query))).toEqual([
      tally(0, "COMPLETED", "Completed", 2),
      { ...tally(0, "RUNNING", "Running", 1), runTimeSeconds: 60 },
      tally(1, "COMPLETED", "Completed", 1),
    ]);
  });
}

function tally(bucket: number, stateType: RunTally["stateType"], stateName: string, count: number): RunTally {
  return { bucket, stateType, stateName, count, runTimeSeconds: 0, latenessSeconds: 0 };
}

function sorted(tallies: readonly RunTally[]): RunTally[] {
  return tallies.toSorted(
    (a, b) => a.bucket - b.bucket || (String(a.stateName) < String(b.stateName) ? -1 : 1),
  );
}
