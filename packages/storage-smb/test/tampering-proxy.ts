/** Stands between a client and a server, and cuts connections or changes what the server says. */
import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { onTestFinished } from "vitest";

export interface TamperingProxy {
  readonly port: number;
  /** Connections there were. */
  readonly connections: number;
  /** Changes every chunk that comes from the server from now on; undefined: no more. */
  tamper: ((chunk: Buffer) => Buffer) | undefined;
  cut(): void;
}

/** There until the test ends. */
export async function tamperingProxy(url: string): Promise<TamperingProxy> {
  const { hostname: host, port } = new URL(url);
  const sockets = new Set<Socket>();
  const proxy = {
    port: 0,
    connections: 0,
    tamper: undefined as ((chunk: Buffer) => Buffer) | undefined,
    cut: () => {
      for (const socket of sockets) socket.destroy();
    },
  };
  const server = createServer((client) => {
    proxy.connections += 1;
    const upstream = connect(Number(port), host);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("error", () => undefined);
      socket.on("close", () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.pipe(upstream);
    upstream.on("data", (chunk: Buffer) => client.write(proxy.tamper?.(chunk) ?? chunk));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  proxy.port = (server.address() as AddressInfo).port;
  onTestFinished(async () => {
    proxy.cut();
    server.close();
    await once(server, "close");
  });
  return proxy;
}
