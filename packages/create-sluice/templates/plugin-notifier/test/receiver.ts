/** A server that takes messages, or refuses them, as a test wants it. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

export interface Receiver {
  readonly url: string;
  /** Bodies of what was taken, oldest first. */
  readonly bodies: readonly string[];
  /** Answers to come before messages are taken: statuses, or none at all. */
  readonly troubles: (number | "no answer")[];
  stop(): Promise<void>;
}

export async function startReceiver(): Promise<Receiver> {
  const bodies: string[] = [];
  const troubles: (number | "no answer")[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8").on("data", (text: string) => {
      body += text;
    });
    request.on("end", () => {
      const trouble = troubles.shift();
      if (trouble === "no answer") return;
      if (trouble === undefined) bodies.push(body);
      response.writeHead(trouble ?? 204, { "retry-after": "0.05" }).end();
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const stop = (): Promise<void> => {
    server.closeAllConnections();
    return new Promise((resolve) => server.close(() => resolve()));
  };
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/messages`,
    bodies,
    troubles,
    stop,
  };
}
