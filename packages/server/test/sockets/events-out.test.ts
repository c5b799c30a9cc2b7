import type { EventCreate, EventFilter } from "@sluice/protocol";
import { expect, it, vi } from "vitest";
import { startTestServer, type TestServer } from "../http/test-server.ts";
import { connectAs, makeEvent, type TestSocket } from "./test-socket.ts";

it("gives what is stored, the oldest first, then what happens, each once", async () => {
  const server = await startTestServer();
  const stored = [ago(3), ago(1), ago(2)].map((occurred) => makeEvent({ occurred, event: "wanted" }));
  await tell(server, [...stored, makeEvent({ event: "other" })]);
  const reader = await read(server, { event: { name: ["wanted"] } });
  await vi.waitFor(() => expect(reader.frames).toHaveLength(3));
  const live = makeEvent({ event: "wanted" });
  await tell(server, [makeEvent({ event: "other" }), live, ...stored]);
  await vi.waitFor(() => expect(reader.frames).toHaveLength(4));
  expect(idsOf(reader)).toEqual([stored[0]?.id, stored[2]?.id, stored[1]?.id, live.id]);
  expect(reader.frames[3]).toMatchObject({
    type: "event",
    event: { received: expect.any(String), follows: null },
  });
});

it("gives nothing stored to those who do not want it, and nothing older than 15 minutes to others", async () => {
  const server = await startTestServer();
  const recent = makeEvent({ occurred: ago(60) });
  await tell(server, [makeEvent({ occurred: ago(16 * 60) }), recent]);
  const withBackfill = await read(server, { occurred: { since: "2020-01-01T00:00:00Z" } });
  await vi.waitFor(() => expect(idsOf(withBackfill)).toEqual([recent.id]));
  const without = await connectAs(server, "/events/out");
  without.send({ type: "filter", filter: {}, backfill: false });
  await without.ping();
  const live = makeEvent();
  await tell(server, [live]);
  await vi.waitFor(() => expect(idsOf(without)).toEqual([live.id]));
});

it("loses and doubles nothing while much happens", async () => {
  const server = await startTestServer();
  const writer = await connectAs(server, "/events/in");
  const events = Array.from({ length: 4000 }, () => makeEvent());
  for (const event of events.slice(0, 2000)) writer.send(event);
  const reader = await read(server, {});
  for (const event of events.slice(2000)) writer.send(event);
  await writer.ping();
  await vi.waitFor(() => expect(reader.frames.length).toBeGreaterThanOrEqual(4000), 10_000);
  expect(idsOf(reader).toSorted()).toEqual(events.map(({ id }) => id).toSorted());
});

it.each([
  ["another frame", { type: "subscribe" }],
  ["a filter with unknown members", { type: "filter", filter: { nonsense: true } }],
  ["no filter", { type: "filter" }],
  ["garbage", "garbage"],
])("closes with 1002 after %s", async (_what, frame) => {
  const server = await startTestServer();
  const socket = await connectAs(server, "/events/out");
  socket.send(frame);
  expect((await socket.closed)[0]).toBe(1002);
});

it("lets go of a reader that does not read, before it fills the memory", async () => {
  const server = await startTestServer();
  const reader = await read(server, {});
  reader.socket.pause();
  const payload = { text: "x".repeat(400_000) };
  for (let index = 0; index < 100; index += 1) await tell(server, [makeEvent({ payload })]);
  reader.socket.resume();
  const [code] = await reader.closed;
  // The server could not tell why where the connection was full, and cut it after a while.
  expect([1006, 1013]).toContain(code);
  expect(reader.frames.length).toBeLessThan(100);
});

async function read(server: TestServer, filter: EventFilter): Promise<TestSocket> {
  const socket = await connectAs(server, "/events/out");
  socket.send({ type: "filter", filter });
  await socket.ping();
  return socket;
}

async function tell(server: TestServer, events: readonly EventCreate[]): Promise<void> {
  expect((await server.fetch("/events", { body: events })).status).toBe(204);
}

function idsOf({ frames }: TestSocket): unknown[] {
  return frames.map((frame) => (frame["event"] as { id: string }).id);
}

function ago(seconds: number): string {
  return new Date(Date.now() - seconds * 1000).toISOString();
}
