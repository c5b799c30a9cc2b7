/** Cases of the store suite on the leases of flow runs. */
import { newId } from "@sluice/protocol";
import { expect, it } from "vitest";
import type { Store } from "../../store.ts";
import type { StoredFlowRun } from "../../stored-nouns.ts";
import { at, inState, insertFlow, makeFlowRun, makeState } from "./fixtures.ts";
import type { OpenStore } from "./open-store.ts";

const OWNER = { host: "höst", pid: 12, process_started_at: 1_767_225_600_123.5 };

export function leaseCases(open: OpenStore): void {
  it("lists no run that never had a heartbeat", async () => {
    const store = await open();
    await insertRun(store);
    expect(await store.flowRuns.listLeased()).toEqual([]);
  });

  it("lists leases with owner, last heartbeat and end, ended or not", async () => {
    const store = await open();
    const run = await insertRun(store);
    await store.flowRuns.renewLeases({ flow_run_ids: [run.id], owner: OWNER, lease_seconds: 30 }, at(0));
    expect(await store.flowRuns.listLeased()).toEqual([
      { id: run.id, owner: OWNER, lastHeartbeatAt: at(0), leaseExpiresAt: at(30) },
    ]);
  });

  it("replaces owner and end of a lease by the next heartbeat", async () => {
    const store = await open();
    const run = await insertRun(store);
    const next = { ...OWNER, pid: 13 };
    await store.flowRuns.renewLeases({ flow_run_ids: [run.id], owner: OWNER, lease_seconds: 30 }, at(0));
    await store.flowRuns.renewLeases({ flow_run_ids: [run.id], owner: next, lease_seconds: 0.5 }, at(10));
    expect(await store.flowRuns.listLeased()).toEqual([
      { id: run.id, owner: next, lastHeartbeatAt: at(10), leaseExpiresAt: at(10.5) },
    ]);
    expect(await store.flowRuns.find(run.id)).toEqual(run);
  });

  it("ignores heartbeats of runs that ended or are not stored", async () => {
    const store = await open();
    const ended = await insertRun(store, { state: makeState("FAILED") });
    await store.flowRuns.renewLeases(
      { flow_run_ids: [newId(), ended.id], owner: OWNER, lease_seconds: 30 },
      at(0),
    );
    expect(await store.flowRuns.listLeased()).toEqual([]);
  });

  it("takes the lease of a run that ends, and does not give it back when the run goes on", async () => {
    const store = await open();
    const run = await insertRun(store);
    await store.flowRuns.renewLeases({ flow_run_ids: [run.id], owner: OWNER, lease_seconds: 30 }, at(0));
    await store.flowRuns.update(run.id, inState(makeState("RUNNING", 1)));
    expect(await store.flowRuns.listLeased()).toHaveLength(1);
    await store.flowRuns.update(run.id, inState(makeState("CRASHED", 2)));
    expect(await store.flowRuns.listLeased()).toEqual([]);
    await store.flowRuns.update(run.id, inState(makeState("RUNNING", 3)));
    expect(await store.flowRuns.listLeased()).toEqual([]);
  });

  it("takes the lease of a run that its process leaves suspended, but not of one that pauses in its process", async () => {
    const store = await open();
    const [suspended, paused] = [await insertRun(store), await insertRun(store)];
    const ids = [suspended.id, paused.id];
    await store.flowRuns.renewLeases({ flow_run_ids: ids, owner: OWNER, lease_seconds: 30 }, at(0));
    const state_details = { pause_reschedule: true };
    await store.flowRuns.update(
      suspended.id,
      inState(makeState("PAUSED", 1, { name: "Suspended", state_details })),
    );
    await store.flowRuns.update(paused.id, inState(makeState("PAUSED", 1)));
    expect((await store.flowRuns.listLeased()).map((lease) => lease.id)).toEqual([paused.id]);
    await store.flowRuns.renewLeases({ flow_run_ids: ids, owner: OWNER, lease_seconds: 30 }, at(2));
    expect((await store.flowRuns.listLeased()).map((lease) => lease.id)).toEqual([paused.id]);
  });

  it("sees a heartbeat within its transaction and forgets it on rollback", async () => {
    const store = await open();
    const run = await insertRun(store);
    const beat = { flow_run_ids: [run.id], owner: OWNER, lease_seconds: 30 };
    await expect(
      store.transaction(async (transaction) => {
        await transaction.flowRuns.renewLeases(beat, at(0));
        expect(await transaction.flowRuns.listLeased()).toHaveLength(1);
        throw new RangeError("no");
      }),
    ).rejects.toThrow(RangeError);
    expect(await store.flowRuns.listLeased()).toEqual([]);
  });
}

async function insertRun(store: Store, members: Partial<StoredFlowRun> = {}): Promise<StoredFlowRun> {
  const { run } = await store.flowRuns.insert(makeFlowRun(await insertFlow(store), members));
  return run;
}
