import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it, onTestFinished } from "vitest";
import { silentLog } from "../../src/server-log.ts";
import { SocketServer } from "../../src/sockets/socket-server.ts";
import { connect } from "./test-socket.ts";

it("lets go of peers that do not answer pings, and keeps those that do", async () => {
  const sockets = new SocketServer({
    routeOf: (path) => (path === "/there" ? (session) => session.closed : undefined),
    gate: { isOpen: async () => true, allowsToken: async () => true },
    log: silentLog,
    pingIntervalMs: 30,
  });
  const http = createServer().on("upgrade", sockets.upgrade);
  http.listen(0, "127.0.0.1");
  await once(http, "listening");
  onTestFinished(async () => {
    await sockets.stop();
    http.close();
  });
  const server = { apiUrl: `http://127.0.0.1:${(http.address() as AddressInfo).port}` };
  const alive = await connect(server, "/there", { protocol: undefined });
  const dead = await connect(server, "/there", { protocol: undefined, client: { autoPong: false } });
  expect((await dead.closed)[0]).toBe(1006);
  await alive.ping();
  expect(sockets.size).toBe(1);
});
