import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type LogCreate, newId, type TaskRunRecord } from "@sluice/protocol";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { BatchRecorder } from "../../src/api/batch-recorder.ts";
import { Spool } from "../../src/api/spool.ts";
import { systemClock } from "../../src/runtime/clock.ts";
import { TaskRun } from "../../src/runtime/task-run.ts";
import type { State } from "../../src/states/state.ts";
import { Completed, Pending, Running } from "../../src/states/state-factories.ts";
import { deferred, inEngine } from "../engine-fixture.ts";
import { FaultyApi } from "./faulty-api.ts";

interface Rig {
  readonly api: FaultyApi;
  readonly recorder: BatchRecorder;
  readonly troubles: string[];
  readonly directory: string;
  spooled(): Promise<string>;
}

async function rig(options: { maxBufferedRecords?: number; directory?: string } = {}): Promise<Rig> {
  const directory = options.directory ?? (await mkdtemp(join(tmpdir(), "sluice-recorder-")));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const api = new FaultyApi();
  const troubles: string[] = [];
  const recorder = new BatchRecorder({
    api,
    clock: systemClock(),
    spool: new Spool(directory),
    maxBufferedRecords: options.maxBufferedRecords ?? 50_000,
    onTrouble: (message) => void troubles.push(message),
    patienceMs: 30,
  });
  const spooled = async (): Promise<string> => {
    const names = await readdir(directory);
    return (await Promise.all(names.map((name) => readFile(join(directory, name), "utf8")))).join("");
  };
  onTestFinished(async () => {
    api.fault = "none";
    await recorder.close();
  });
  return { api, recorder, troubles, directory, spooled };
}

function line(message = "a line"): LogCreate {
  return {
    id: newId(),
    name: "test",
    level: 20,
    message,
    timestamp: new Date().toISOString(),
    flow_run_id: null,
    task_run_id: null,
  };
}

function record(name = "run"): TaskRunRecord {
  return {
    id: newId(),
    flow_run_id: null,
    name,
    task_key: "key",
    dynamic_key: newId(),
    task_version: null,
    cache_key: null,
    cache_expiration: null,
    empirical_policy: { max_retries: 0, retry_delay_seconds: 0, pause_keys: [] },
    tags: [],
    task_inputs: {},
    run_count: 1,
    flow_run_run_count: 0,
    expected_start_time: null,
    start_time: null,
    end_time: null,
    total_run_time: 0,
    states: [Completed().toWire()],
  };
}

async function flowRun(api: FaultyApi): Promise<string> {
  const { id: flow_id } = await api.flows.create({ name: "f" });
  return (await api.flowRuns.create({ flow_id })).id;
}

describe("a recorder", () => {
  it("brings what it takes into the history by itself, in batches", async () => {
    const { api, recorder } = await rig();
    for (let index = 0; index < 1000; index += 1) {
      recorder.forward([record()]);
      recorder.log(line());
    }
    await vi.waitFor(async () => expect(await api.taskRuns.count({})).toBe(1000));
    await vi.waitFor(async () => expect((await api.logs.filter({ limit: 1, offset: 999 })).length).toBe(1));
    expect(api.calls.length).toBeLessThan(12);
  });

  it("flushes what it has taken, also what is being sent just then", async () => {
    const { api, recorder } = await rig();
    for (let index = 0; index < 600; index += 1) recorder.forward([record()]);
    const first = recorder.flush();
    const second = recorder.flush();
    await second;
    expect(await api.taskRuns.count({})).toBe(600);
    await first;
    await recorder.flush();
  });

  it("does not make a flush wait for what others record afterwards", async () => {
    const { api, recorder } = await rig();
    recorder.log(line("first"));
    let isFlushed = false;
    const flushed = recorder.flush().then(() => {
      isFlushed = true;
    });
    for (let index = 0; index < 10_000 && !isFlushed; index += 1) {
      for (let more = 0; more < 300; more += 1) recorder.log(line());
      await new Promise((resolve) => setImmediate(resolve));
    }
    await flushed;
    expect((await api.logs.filter({ limit: 1, sort: "TIMESTAMP_ASC" }))[0]?.message).toBe("first");
  });

  it("sends each state of a run once, in order, whenever its batch goes", async () => {
    await inEngine(async ({ services }) => {
      const { api, recorder } = await rig();
      const run = new TaskRun({
        task: { name: "t", key: "t-1", version: undefined },
        empiricalPolicy: { max_retries: 0, retry_delay_seconds: 0, pause_keys: [] },
        name: "t-0",
        dynamicKey: "0",
        services: { ...services, recorder },
        flowRun: undefined,
        parent: undefined,
        tags: [],
        inputs: {},
        depth: 0,
        logsPrints: false,
        isShielded: false,
      });
      const enter = (state: State): void => run.enter(state);
      enter(Pending());
      await recorder.flush();
      enter(Running());
      enter(Completed());
      await recorder.flush();
      expect((await api.taskRuns.states(run.id)).map(({ name }) => name)).toEqual([
        "Pending",
        "Running",
        "Completed",
      ]);
    });
  });
});

describe("a history that fails", () => {
  it("is tried again until it is back; nothing is lost, nothing doubled", async () => {
    const { api, recorder, troubles, spooled } = await rig();
    api.fault = "fails";
    for (let index = 0; index < 700; index += 1) recorder.forward([record()]);
    await vi.waitFor(() => expect(troubles).toHaveLength(1));
    expect(troubles[0]).toBe(
      "The history at faulty cannot be written now; what happens is kept and sent again",
    );
    recorder.log(line("meanwhile"));
    api.fault = "none";
    await vi.waitFor(async () => expect(await api.taskRuns.count({})).toBe(700));
    await vi.waitFor(() => expect(troubles[1]).toBe("The history at faulty can be written again"));
    expect((await api.logs.filter({})).map(({ message }) => message)).toEqual(["meanwhile"]);
    expect(await spooled()).toBe("");
  });

  it("makes a flush write to disk what cannot be sent, and tells so once", async () => {
    const { api, recorder, troubles, spooled } = await rig();
    api.fault = "fails";
    recorder.forward([record("kept")]);
    await recorder.flush();
    recorder.log(line("kept too"));
    await recorder.flush();
    expect(await spooled()).toMatch(/kept.*kept too/s);
    expect(troubles).toHaveLength(2);
    expect(troubles[1]).toMatch(
      /^History records wait in .*\.ndjson; the next run that can reach the history sends them$/,
    );
  });

  it("makes no flush wait for the next try: that goes to disk at once", async () => {
    const { api, recorder } = await rig();
    api.fault = "fails";
    recorder.log(line());
    await recorder.flush();
    api.calls.length = 0;
    api.fault = "hangs";
    recorder.log(line());
    await recorder.flush();
    expect(api.calls).toEqual([]);
  });

  it("and a full buffer write to disk by themselves", async () => {
    const { api, recorder, spooled } = await rig({ maxBufferedRecords: 50 });
    api.fault = "fails";
    for (let index = 0; index < 300; index += 1) recorder.log(line(`line ${index}`));
    await vi.waitFor(async () => {
      recorder.log(line("one more"));
      expect(await spooled()).toContain("line 299");
    });
  });

  it("with a spool that cannot be written is told once, and all is sent when it is back", async () => {
    const place = await mkdtemp(join(tmpdir(), "sluice-recorder-"));
    onTestFinished(() => rm(place, { recursive: true, force: true }));
    await writeFile(join(place, "file"), "in the way");
    const { api, recorder, troubles } = await rig({ directory: join(place, "file"), maxBufferedRecords: 5 });
    api.fault = "fails";
    for (let index = 0; index < 10; index += 1) recorder.log(line());
    await recorder.flush();
    await recorder.flush();
    expect(troubles.filter((words) => words.includes("can neither be sent nor be written"))).toHaveLength(1);
    api.fault = "none";
    await vi.waitFor(async () => expect(await api.logs.filter({})).toHaveLength(10));
  });

  it("with a spool that cannot be written drops the oldest above a bound, and tells how many were lost", async () => {
    const place = await mkdtemp(join(tmpdir(), "sluice-recorder-"));
    onTestFinished(() => rm(place, { recursive: true, force: true }));
    await writeFile(join(place, "file"), "in the way");
    const { api, recorder, troubles } = await rig({ directory: join(place, "file"), maxBufferedRecords: 5 });
    api.fault = "fails";
    recorder.log(line("first"));
    await recorder.flush();
    for (let index = 0; index < 25; index += 1) recorder.log(line(`line ${index}`));
    expect(troubles.filter((words) => words.includes("oldest history records are dropped"))).toHaveLength(1);
    api.fault = "none";
    await vi.waitFor(() => expect(troubles.at(-1)).toMatch(/can be written again; \d+ records were lost/));
    const kept = (await api.logs.filter({})).map(({ message }) => message);
    expect(kept).not.toContain("first");
    expect(kept.at(-1)).toBe("line 24");
  });

  it("is not doubled by answers that get lost", async () => {
    const { api, recorder } = await rig();
    const id = await flowRun(api);
    api.fault = "loses answers";
    recorder.forward([record("once")]);
    recorder.log(line("once"));
    recorder.recordFlowRunState(id, Completed().toProposal(newId()));
    await vi.waitFor(() => expect(api.calls).toContain("record"));
    api.fault = "none";
    await vi.waitFor(async () => expect((await api.flowRuns.get(id)).state_name).toBe("Completed"));
    expect(await api.taskRuns.count({})).toBe(1);
    expect(await api.logs.filter({})).toHaveLength(1);
    recorder.recordFlowRunState(id, {
      ...Completed().toProposal(),
      state_details: (await api.flowRuns.get(id)).state?.state_details,
    });
    await recorder.flush();
    expect((await api.flowRuns.states(id)).map(({ name }) => name)).toEqual(["Pending", "Completed"]);
  });
});

describe("a history that hangs", () => {
  it("counts as failed after a while, and is not called again before it has answered", async () => {
    const { api, recorder, troubles, spooled } = await rig();
    api.fault = "hangs";
    recorder.log(line("stuck"));
    await recorder.flush();
    expect(troubles[0]).toContain("cannot be written now");
    expect(await spooled()).toContain("stuck");
  });

  it("that answers late after all doubles nothing", async () => {
    const { api, recorder, spooled } = await rig();
    const gate = deferred();
    api.gate = gate.promise;
    recorder.log(line("late"));
    await recorder.flush();
    expect(await spooled()).toContain("late");
    recorder.log(line("next"));
    await recorder.flush();
    expect(api.calls).toEqual([]);
    api.gate = undefined;
    gate.resolve();
    recorder.log(line("last"));
    await vi.waitFor(async () =>
      expect((await api.logs.filter({})).map(({ message }) => message)).toEqual(["late", "last"]),
    );
  });
});

describe("a record that the history refuses", () => {
  it("is left out and told of; the others of its batch go in", async () => {
    const { api, recorder, troubles } = await rig();
    const id = await flowRun(api);
    await api.flowRuns.delete(id);
    recorder.forward([
      record("good"),
      { ...record("bad"), task_inputs: { deep: [{ input_type: "constant", type: 5n as never }] } },
    ]);
    recorder.log(line("good"));
    recorder.recordFlowRunState(id, Completed().toProposal(newId()));
    await recorder.flush();
    expect((await api.taskRuns.filter({})).map(({ name }) => name)).toEqual(["good"]);
    expect(await api.logs.filter({})).toHaveLength(1);
    expect(troubles).toEqual([
      expect.stringMatching(/^The history at faulty refused the task run bad \(.*\), which is left out$/),
      expect.stringMatching(/^The history at faulty refused the state Completed of flow run/),
    ]);
  });
});
