import { LocalApi, type LocalContext, LocalEventFeed, MemoryStore } from "@sluice/orchestration";
import { type Event, newId } from "@sluice/protocol";
import { afterEach, expect, it, vi } from "vitest";
import type { ServerLog } from "../../src/server-log.ts";
import type { Service, ServiceReport, ServiceRun } from "../../src/services/service.ts";
import { ServiceLoop } from "../../src/services/service-loop.ts";

const running: ServiceLoop[] = [];
const feed = new LocalEventFeed((error) => {
  throw error;
});

afterEach(async () => {
  await Promise.all(running.splice(0).map((loop) => loop.stop()));
});

it("does a step at once and then at its interval", async () => {
  const step = vi.fn(async () => ({}));
  const { loop } = start({ step, intervalSeconds: 0.02 });
  await loop.started;
  expect(step).toHaveBeenCalledTimes(1);
  await vi.waitFor(() => expect(step.mock.calls.length).toBeGreaterThan(2));
});

it("goes on without a rest while there is more to do", async () => {
  let left = 3;
  const step = vi.fn(async () => {
    left -= 1;
    return { hasMore: left > 0 };
  });
  start({ step, intervalSeconds: 3600 });
  await vi.waitFor(() => expect(step).toHaveBeenCalledTimes(3));
});

it("is woken by events it waits for, once for many, and by no others", async () => {
  const step = vi.fn(async () => ({}));
  const { loop } = start({ step, intervalSeconds: 3600, isWokenBy: ({ event }) => event === "wanted" });
  await loop.started;
  feed.publish([event("other")]);
  feed.publish([event("other"), event("wanted")]);
  feed.publish([event("wanted")]);
  await vi.waitFor(() => expect(step).toHaveBeenCalledTimes(2));
  feed.publish([event("other")]);
  await loop.stop();
  expect(step).toHaveBeenCalledTimes(2);
});

it("does another step when it is woken during one, and never two at a time", async () => {
  let finish = (): void => undefined;
  let atOnce = 0;
  const step = vi.fn(async () => {
    atOnce += 1;
    expect(atOnce).toBe(1);
    await new Promise<void>((resolve) => {
      finish = resolve;
    });
    atOnce -= 1;
    return {};
  });
  const { loop } = start({ step, intervalSeconds: 3600, isWokenBy: () => true });
  feed.publish([event("a")]);
  finish();
  await vi.waitFor(() => expect(step).toHaveBeenCalledTimes(2));
  finish();
  await loop.stop();
});

it("tells of a failure once, and tries again", async () => {
  const step = vi
    .fn<() => Promise<ServiceReport>>()
    .mockRejectedValueOnce(new Error("The disk is full."))
    .mockRejectedValueOnce(new Error("The disk is full."))
    .mockResolvedValue({});
  const { lines, runs } = start({ step, intervalSeconds: 0.01 });
  await vi.waitFor(() =>
    expect(runs.map((run) => run.isFailed)).toEqual(expect.arrayContaining([true, false])),
  );
  expect(lines.filter(([level]) => level === "error")).toHaveLength(1);
  expect(lines[0]?.[2]).toMatchObject({ service: "test", error: { message: "The disk is full." } });
});

it("tells of the parts of a step that failed", async () => {
  const { lines, loop } = start({
    step: async () => ({ failures: [{ scheduleId: "s", error: new Error("no such zone") }] }),
    intervalSeconds: 3600,
  });
  await loop.started;
  expect(lines[0]?.[2]).toMatchObject({ service: "test", scheduleId: "s" });
});

it("waits for the step under way when it stops, and does none after", async () => {
  let finish = (): void => undefined;
  let isFinished = false;
  const step = vi.fn(async () => {
    await new Promise<void>((resolve) => {
      finish = resolve;
    });
    isFinished = true;
    return { hasMore: true };
  });
  const { loop } = start({ step, intervalSeconds: 0.001 });
  const stopped = loop.stop();
  finish();
  await stopped;
  expect(isFinished).toBe(true);
  loop.wake();
  await loop.stop();
  expect(step).toHaveBeenCalledTimes(1);
});

function start(service: Omit<Service, "name">) {
  const lines: Parameters<ServerLog>[] = [];
  const runs: ServiceRun[] = [];
  const api = new LocalApi({ store: new MemoryStore(), feed });
  const context: LocalContext = api.context;
  const loop = new ServiceLoop(
    { name: "test", ...service },
    { context, log: (...line) => lines.push(line), onRun: (run) => runs.push(run) },
  );
  running.push(loop);
  return { loop, lines, runs };
}

function event(name: string): Event {
  const now = new Date().toISOString();
  return {
    id: newId(),
    occurred: now,
    event: name,
    resource: { "prefect.resource.id": "test" },
    related: [],
    payload: {},
    follows: null,
    received: now,
  };
}
