import type { EventPage, TaskRun } from "@sluice/protocol";
import { newId } from "@sluice/protocol";
import { expect, it } from "vitest";
import { startTestServer, type TestServer } from "../http/test-server.ts";
import { connectAs, makeEvent } from "./test-socket.ts";

it("has kept everything before a ping that it answers, each event once", async () => {
  const server = await startTestServer();
  const socket = await connectAs(server, "/events/in");
  const events = Array.from({ length: 3000 }, () => makeEvent());
  for (const event of [...events, ...events.slice(0, 100)]) socket.send(event);
  await socket.ping();
  expect(await count(server)).toBe(3000);
});

it("records the task runs that engines tell of", async () => {
  const server = await startTestServer();
  const socket = await connectAs(server, "/events/in");
  const id = newId();
  for (const [type, seconds] of [
    ["COMPLETED", 3],
    ["PENDING", 1],
    ["RUNNING", 2],
  ] as const) {
    socket.send(
      makeEvent({
        event: `prefect.task-run.${type}`,
        occurred: `2026-11-20T12:00:0${seconds}.5+00:00`,
        resource: { "prefect.resource.id": `prefect.task-run.${id}`, "prefect.orchestration": "client" },
        payload: {
          validated_state: { type, name: type.toLowerCase(), message: "", state_details: {} },
          task_run: {
            name: "clean",
            task_key: "clean",
            dynamic_key: "0",
            tags: ["a"],
            labels: { team: "x" },
          },
        },
      }),
    );
  }
  await socket.ping();
  const run = await server.json<TaskRun>(`/task_runs/${id}`);
  expect(run).toMatchObject({ name: "clean", state_type: "COMPLETED", tags: ["a"], labels: { team: "x" } });
  const states = await server.json<{ type: string }[]>(`/task_run_states/?task_run_id=${id}`);
  expect(states.map(({ type }) => type)).toEqual(["PENDING", "RUNNING", "COMPLETED"]);
});

it("takes characters that cannot be stored out of events", async () => {
  const server = await startTestServer();
  const socket = await connectAs(server, "/events/in");
  socket.send(makeEvent({ payload: { text: "a\0b\uD800c" } }));
  await socket.ping();
  const page = await server.json<EventPage>("/events/filter", { body: {} });
  expect(page.events[0]?.payload).toEqual({ text: "ab\uFFFDc" });
});

it.each([
  ["what is no JSON", "garbage", /JSON/u],
  ["what is no object", "[]", /object/u],
  ["what is nested too deep", `{"a":${"[".repeat(5000)}${"]".repeat(5000)}}`, /JSON/u],
  ["an event without a resource", JSON.stringify({ ...makeEvent(), resource: {} }), /prefect\.resource\.id/u],
])("closes with 1007 after %s, and keeps what came before", async (_what, frame, reason) => {
  const server = await startTestServer();
  const socket = await connectAs(server, "/events/in");
  socket.send(makeEvent());
  socket.send(frame);
  const [code, text] = await socket.closed;
  expect(code).toBe(1007);
  expect(text).toMatch(reason);
  await server.close();
});

it("keeps what was taken before it stops", async () => {
  const server = await startTestServer({ hasServices: true });
  const socket = await connectAs(server, "/events/in");
  for (let index = 0; index < 500; index += 1) socket.send(makeEvent());
  await socket.ping();
  socket.send(makeEvent({ event: "last" }));
  await server.close();
  expect((await socket.closed)[0]).toBe(1001);
});

async function count(server: TestServer): Promise<number> {
  return (await server.json<EventPage>("/events/filter", { body: {} })).total;
}
