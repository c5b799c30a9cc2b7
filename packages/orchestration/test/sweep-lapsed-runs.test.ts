import { spawnSync } from "node:child_process";
import { newId, type RunOwner, type StateCreate } from "@sluice/protocol";
import { describe, expect, it } from "vitest";
import { LocalApi } from "../src/local-api.ts";
import { MemoryStore } from "../src/memory-store.ts";
import { currentOwner } from "../src/process-owner.ts";
import { engineRecord, engineState } from "../src/testing/api/open-api.ts";

const START = Date.parse("2026-03-04T05:06:07.000Z");
const OTHER_HOST: RunOwner = { host: "worker-7", pid: 4711, process_started_at: START };

/** A history on a clock that is moved by hand. */
class History {
  #now = START;
  readonly store: MemoryStore = new MemoryStore();
  readonly api: LocalApi = new LocalApi({ store: this.store, clock: () => new Date(this.#now) });

  advance(seconds: number): void {
    this.#now += seconds * 1000;
  }

  async createRun(state: StateCreate = { type: "RUNNING" }, members: object = {}): Promise<string> {
    const flow = await this.api.flows.create({ name: "etl" });
    return (await this.api.flowRuns.create({ flow_id: flow.id, state, ...members })).id;
  }

  async beat(ids: string[], owner: RunOwner = OTHER_HOST): Promise<void> {
    await this.api.flowRuns.heartbeat({ flow_run_ids: ids, owner, lease_seconds: 30 });
  }

  async stateOf(id: string): Promise<string | null> {
    return (await this.api.flowRuns.get(id)).state_type;
  }
}

/** The owner that a process of this host was which has ended. */
function deadOwner(): RunOwner {
  const child = spawnSync(process.execPath, ["-e", ""]);
  return { ...currentOwner(), pid: child.pid };
}

describe("sweeping lapsed runs", () => {
  it("crashes a run whose lease ended, with its unfinished task runs, and says whose it was", async () => {
    const history = new History();
    const id = await history.createRun();
    const live = engineRecord(id, [engineState("RUNNING", "2026-03-04T05:06:07.5Z")]);
    const done = engineRecord(id, [engineState("COMPLETED", "2026-03-04T05:06:07.5Z")]);
    await history.api.taskRuns.record([live, done]);
    await history.beat([id]);
    history.advance(30);
    expect(await history.api.sweepLapsedRuns()).toEqual([]);
    history.advance(1);
    expect(await history.api.sweepLapsedRuns()).toEqual([id]);
    const run = await history.api.flowRuns.get(id);
    expect(run).toMatchObject({ state_type: "CRASHED", end_time: run.state?.timestamp });
    for (const part of ["worker-7", "4711", "2026-03-04T05:06:07.000000Z"])
      expect(run.state?.message).toContain(part);
    expect(await history.api.taskRuns.get(live.id)).toMatchObject({
      state_type: "CRASHED",
      state: { message: run.state?.message },
      end_time: run.end_time,
    });
    expect((await history.api.taskRuns.get(done.id)).state_type).toBe("COMPLETED");
    expect(await history.api.sweepLapsedRuns()).toEqual([]);
  });

  it("leaves runs alone that heartbeats keep, that never had one, and that ended", async () => {
    const history = new History();
    const [kept, unleased, ended] = [
      await history.createRun(),
      await history.createRun(),
      await history.createRun(),
    ];
    await history.beat([kept, ended]);
    await history.api.flowRuns.setState(ended, { state: { type: "COMPLETED" } });
    history.advance(29);
    await history.beat([kept]);
    history.advance(29);
    expect(await history.api.sweepLapsedRuns()).toEqual([]);
    expect(await history.stateOf(kept)).toBe("RUNNING");
    expect(await history.stateOf(unleased)).toBe("RUNNING");
    expect(await history.stateOf(ended)).toBe("COMPLETED");
  });

  it("crashes a run at once when its process of this host is dead", async () => {
    const history = new History();
    const [dead, alive] = [await history.createRun(), await history.createRun()];
    await history.beat([dead], deadOwner());
    await history.beat([alive], currentOwner());
    expect(await history.api.sweepLapsedRuns()).toEqual([dead]);
  });

  it("leaves a run alone whose lease ended while its process is known to be alive", async () => {
    const history = new History();
    const id = await history.createRun();
    await history.beat([id], currentOwner());
    history.advance(3600);
    expect(await history.api.sweepLapsedRuns()).toEqual([]);
    expect(await history.api.sweepLapsedRuns({ isOwnerAlive: () => undefined })).toEqual([id]);
  });

  it("believes what it is told of owners", async () => {
    const history = new History();
    const id = await history.createRun();
    await history.beat([id]);
    const asked: RunOwner[] = [];
    const isOwnerAlive = (owner: RunOwner) => {
      asked.push(owner);
      return false;
    };
    expect(await history.api.sweepLapsedRuns({ isOwnerAlive })).toEqual([id]);
    expect(asked[0]).toEqual(OTHER_HOST);
  });

  it.each([
    ["PENDING", {}, "CRASHED"],
    ["RUNNING", {}, "CRASHED"],
    ["CANCELLING", {}, "CANCELLED"],
    ["PAUSED", {}, "CRASHED"],
    ["SCHEDULED", {}, "CRASHED"],
    ["SCHEDULED", { deployment_id: newId() }, "SCHEDULED"],
    ["SCHEDULED", { deployment_id: newId(), empirical_policy: { retry_type: "in_process" } }, "CRASHED"],
  ] as const)("a %s run with %j becomes %s", async (type, members, then) => {
    const history = new History();
    const id = await history.createRun({ type }, members);
    await history.beat([id]);
    history.advance(31);
    await history.api.sweepLapsedRuns();
    expect(await history.stateOf(id)).toBe(then);
  });

  it("does not end a run that is suspended or that runs again after its end", async () => {
    const history = new History();
    const [suspended, again] = [
      await history.createRun({ type: "RUNNING" }, { deployment_id: newId() }),
      await history.createRun(),
    ];
    await history.beat([suspended, again]);
    const state = { type: "PAUSED", name: "Suspended", state_details: { pause_reschedule: true } } as const;
    await history.api.flowRuns.setState(suspended, { state });
    for (const type of ["FAILED", "RUNNING"] as const)
      await history.api.flowRuns.setState(again, { state: { type } });
    history.advance(31);
    expect(await history.api.sweepLapsedRuns()).toEqual([]);
  });

  it("fails a paused run whose pause timed out as well", async () => {
    const history = new History();
    const pause_timeout = "2026-03-04T05:06:10Z";
    const id = await history.createRun({ type: "PAUSED", state_details: { pause_timeout } });
    await history.beat([id]);
    history.advance(31);
    expect(await history.api.sweepLapsedRuns()).toEqual([id]);
    expect(await history.stateOf(id)).toBe("FAILED");
  });

  it("ends sub-flow runs before their parents, so that each task run ends once", async () => {
    const history = new History();
    const parent = await history.createRun();
    const tracking = await history.api.taskRuns.create({
      flow_run_id: parent,
      task_key: "sub",
      dynamic_key: "0",
    });
    const child = await history.createRun({ type: "RUNNING" }, { parent_task_run_id: tracking.id });
    await history.beat([parent, child]);
    history.advance(31);
    expect(await history.api.sweepLapsedRuns()).toEqual([child, parent]);
    const states = await history.api.taskRuns.states(tracking.id);
    expect(states.map((state) => state.type)).toEqual(["PENDING", "RUNNING", "CRASHED"]);
  });

  it("leaves a run alone whose heartbeat comes while it looks", async () => {
    const history = new History();
    const id = await history.createRun();
    await history.beat([id]);
    history.advance(31);
    let isRenewed = false;
    const isOwnerAlive = () => {
      if (!isRenewed) {
        isRenewed = true;
        void history.beat([id]);
      }
      return undefined;
    };
    expect(await history.api.sweepLapsedRuns({ isOwnerAlive })).toEqual([]);
    expect(await history.stateOf(id)).toBe("RUNNING");
  });

  it("ends each run once when several sweep at once", async () => {
    const history = new History();
    const ids = [await history.createRun(), await history.createRun()];
    await history.beat(ids);
    history.advance(31);
    const swept = await Promise.all([1, 2, 3].map(() => history.api.sweepLapsedRuns()));
    expect(swept.flat().toSorted()).toEqual(ids.toSorted());
    for (const id of ids) expect(await history.api.flowRuns.states(id)).toHaveLength(2);
  });
});
