import { LocalApi, MemoryStore } from "@sluice/orchestration";
import type { FlowRunHeartbeat, OrchestrationApi } from "@sluice/protocol";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { Heartbeat } from "../../src/api/heartbeat.ts";
import { deferred } from "../engine-fixture.ts";

const OWNER = { host: "here", pid: 1, process_started_at: 0 };

/** An API that notes heartbeats, and takes them as `take` does. */
function listeningApi(take: (beat: FlowRunHeartbeat) => Promise<void>): OrchestrationApi {
  const api = new LocalApi({ store: new MemoryStore() });
  api.flowRuns.heartbeat = take;
  return api;
}

function heartbeatOf(
  api: OrchestrationApi,
  onTrouble: (message: string) => void = () => undefined,
): Heartbeat {
  return new Heartbeat({ api, owner: async () => OWNER, intervalSeconds: 10, leaseSeconds: 30, onTrouble });
}

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

describe("the heartbeat", () => {
  it("vouches for a run at once, and for all runs at every interval until they end", async () => {
    const beats: string[][] = [];
    const heartbeat = heartbeatOf(listeningApi(async ({ flow_run_ids }) => void beats.push(flow_run_ids)));
    await heartbeat.add("a");
    await heartbeat.add("b");
    await vi.advanceTimersByTimeAsync(10_000);
    heartbeat.remove("a");
    await vi.advanceTimersByTimeAsync(10_000);
    heartbeat.remove("b");
    await vi.advanceTimersByTimeAsync(60_000);
    expect(beats).toEqual([["a"], ["b"], ["a", "b"], ["b"]]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it("does not beat again while a beat is being taken", async () => {
    const gate = deferred();
    let beats = 0;
    const heartbeat = heartbeatOf(
      listeningApi(async () => {
        beats += 1;
        if (beats > 1) await gate.promise;
      }),
    );
    await heartbeat.add("a");
    await vi.advanceTimersByTimeAsync(60_000);
    expect(beats).toBe(2);
    gate.resolve();
    await vi.advanceTimersByTimeAsync(10_000);
    expect(beats).toBe(3);
    heartbeat.remove("a");
  });

  it("tells of trouble once, and goes on", async () => {
    const told: string[] = [];
    let isAway = true;
    let taken = 0;
    const heartbeat = heartbeatOf(
      listeningApi(async () => {
        if (isAway) throw new Error("away");
        taken += 1;
      }),
      (message) => told.push(message),
    );
    await heartbeat.add("a");
    await vi.advanceTimersByTimeAsync(20_000);
    isAway = false;
    await vi.advanceTimersByTimeAsync(10_000);
    heartbeat.remove("a");
    expect(told).toEqual(["The heartbeat of the running flows was not taken"]);
    expect(taken).toBe(1);
  });
});
