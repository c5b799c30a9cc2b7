import { expect, it, vi } from "vitest";
import { WebSocket } from "ws";
import { startTestServer } from "../http/test-server.ts";
import { connect, connectAs } from "./test-socket.ts";

const SECRET = "admin:secret";

it("lets in whoever has the token, and answers pings before and after", async () => {
  const server = await startTestServer({ authString: SECRET });
  const socket = await connect(server, "/events/in");
  await socket.ping();
  socket.send({ type: "auth", token: SECRET });
  await vi.waitFor(() => expect(socket.frames).toEqual([{ type: "auth_success" }]));
  await socket.ping();
  expect(socket.socket.protocol).toBe("prefect");
});

it.each([
  ["a wrong token", { type: "auth", token: "admin:guess" }],
  ["no token", { type: "auth", token: null }],
  ["another frame", { type: "filter", filter: {} }],
  ["garbage", "garbage"],
])("closes with 1008 after %s", async (_what, frame) => {
  const server = await startTestServer({ authString: SECRET });
  const socket = await connect(server, "/events/out");
  socket.send(frame);
  expect((await socket.closed)[0]).toBe(1008);
});

it("takes clients without the sub-protocol only where nobody needs a token", async () => {
  const guarded = await startTestServer({ authString: SECRET });
  const refused = await connect(guarded, "/events/in", { protocol: undefined });
  expect((await refused.closed)[0]).toBe(1002);
  const open = await startTestServer();
  const taken = await connect(open, "/events/in", { protocol: undefined });
  await taken.ping();
  expect(taken.frames).toEqual([]);
});

it("refuses binary frames, and frames larger than events may be", async () => {
  const server = await startTestServer();
  const binary = await connectAs(server, "/events/in");
  binary.socket.send(Buffer.from("{}"));
  expect((await binary.closed)[0]).toBe(1003);
  const large = await connectAs(server, "/events/in");
  large.send(`"${"x".repeat(5 * 1024 * 1024)}"`);
  expect((await large.closed)[0]).toBe(1009);
});

it("answers 404 where there is no socket", async () => {
  const server = await startTestServer();
  const socket = new WebSocket(`${server.apiUrl.replace("http", "ws")}/nothing/out`, "prefect");
  const error = await new Promise<Error>((resolve) => socket.once("error", resolve));
  expect(error.message).toContain("404");
});

it("opens sockets for pages of the origins that may call, and for programs", async () => {
  const server = await startTestServer({ corsOrigins: ["https://ours.test"] });
  const client = { headers: { Origin: "https://ours.test" } };
  await (await connect(server, "/events/in", { protocol: "prefect", client })).ping();
  await (await connect(server, "/events/in")).ping();
  const foreign = new WebSocket(`${server.apiUrl.replace("http", "ws")}/events/in`, "prefect", {
    headers: { Origin: "https://theirs.test" },
  });
  const error = await new Promise<Error>((resolve) => foreign.once("error", resolve));
  expect(error.message).toContain("403");
});

it("closes every socket with 1001 when it stops", async () => {
  const server = await startTestServer();
  const sockets = [
    await connectAs(server, "/events/in"),
    await connectAs(server, "/events/out"),
    await connect(server, "/events/out"),
  ];
  await server.close();
  for (const socket of sockets) expect((await socket.closed)[0]).toBe(1001);
});
