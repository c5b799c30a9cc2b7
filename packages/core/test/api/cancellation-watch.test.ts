import { LocalApi, MemoryStore } from "@sluice/orchestration";
import { HistoryUnavailableError, newId, type OrchestrationApi } from "@sluice/protocol";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { CancellationWatch } from "../../src/api/cancellation-watch.ts";
import type { Interruption } from "../../src/runtime/interruption.ts";
import { deferred } from "../engine-fixture.ts";

function watchOf(api: OrchestrationApi, troubles: string[] = []): CancellationWatch {
  return new CancellationWatch({ api, intervalSeconds: 5, onTrouble: (message) => troubles.push(message) });
}

/** A run that notes what it is told. */
function listener(): { readonly told: string[]; interrupt(interruption: Interruption): void } {
  const told: string[] = [];
  return { told, interrupt: ({ kind, message }) => told.push(`${kind}: ${message}`) };
}

async function runningFlow(api: OrchestrationApi): Promise<string> {
  const flow = await api.flows.create({ name: `flow-${newId()}` });
  return (await api.flowRuns.create({ flow_id: flow.id, state: { type: "RUNNING" } })).id;
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setInterval", "clearInterval"] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe("the watch for cancellations", () => {
  it("tells the runs that are CANCELLING or were CANCELLED, with the words given, and no other", async () => {
    const api = new LocalApi({ store: new MemoryStore() });
    const watch = watchOf(api);
    const ids = [await runningFlow(api), await runningFlow(api), await runningFlow(api)];
    const runs = ids.map((id) => ({ ...listener(), id }));
    const stop = runs.map((run) => watch.add(run.id, run));
    await api.flowRuns.setState(ids[0] ?? "", { state: { type: "CANCELLING", message: "by Ann" } });
    await api.flowRuns.setState(ids[1] ?? "", { state: { type: "CANCELLED" }, force: true });
    await vi.advanceTimersByTimeAsync(5000);
    await vi.waitFor(() => expect(runs[1]?.told).toEqual(["cancel: Flow run was cancelled"]));
    expect(runs[0]?.told).toEqual(["cancel: Flow run was cancelled: by Ann"]);
    expect(runs[2]?.told).toEqual([]);
    for (const each of stop) each();
    expect(vi.getTimerCount()).toBe(0);
  });

  it("asks for all runs at once, 200 at most, one look at a time, and not for runs that ended", async () => {
    const api = new LocalApi({ store: new MemoryStore() });
    const asked: number[] = [];
    const gate = deferred();
    api.flowRuns.filter = async (query) => {
      asked.push(query.flow_runs?.id?.any_?.length ?? 0);
      await gate.promise;
      return [];
    };
    const watch = watchOf(api);
    const stop = Array.from({ length: 250 }, () => watch.add(newId(), listener()));
    await vi.advanceTimersByTimeAsync(15_000);
    expect(asked).toEqual([200]);
    gate.resolve();
    await vi.waitFor(() => expect(asked).toEqual([200, 50]));
    for (const each of stop.slice(1)) each();
    await vi.advanceTimersByTimeAsync(5000);
    expect(asked).toEqual([200, 50, 1]);
    stop[0]?.();
  });

  it("tells of trouble once, and goes on", async () => {
    const api = new LocalApi({ store: new MemoryStore() });
    const troubles: string[] = [];
    const watch = watchOf(api, troubles);
    const id = await runningFlow(api);
    const run = listener();
    const stop = watch.add(id, run);
    const filter = vi.spyOn(api.flowRuns, "filter");
    filter.mockRejectedValue(new HistoryUnavailableError("The server of the test is away."));
    await vi.advanceTimersByTimeAsync(15_000);
    expect(filter).toHaveBeenCalledTimes(3);
    expect(troubles).toHaveLength(1);
    filter.mockRestore();
    await api.flowRuns.setState(id, { state: { type: "CANCELLING" } });
    await vi.advanceTimersByTimeAsync(5000);
    await vi.waitFor(() => expect(run.told).toHaveLength(1));
    stop();
  });
});
