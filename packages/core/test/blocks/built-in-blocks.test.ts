import { createServer, type IncomingMessage, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { SecretBlock, WebhookBlock } from "../../src/blocks/index.ts";
import { notifierSuite } from "../../src/testing/notifier-suite.ts";

interface Call {
  readonly method: string | undefined;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
}

/** A server that remembers what it is told. */
const calls: Call[] = [];
let status = 200;
let server: Server;
let url: string;

beforeAll(async () => {
  server = createServer((request, response) => {
    const chunks: Uint8Array[] = [];
    request.on("data", (chunk: Uint8Array) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks).toString();
      calls.push({ method: request.method, headers: request.headers, body });
      response.writeHead(status).end(`you said ${body}`);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/hook/s3cr3t`;
});
beforeEach(() => {
  calls.length = 0;
  status = 200;
});
afterAll(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

notifierSuite({
  name: "WebhookBlock",
  create: async () => ({
    notifier: new WebhookBlock({ url }),
    deliveries: async () => calls.map(({ body }) => Object.values(JSON.parse(body) as object).join("\n")),
    breakDelivery: async () => {
      status = 500;
    },
  }),
});

describe("a webhook block", () => {
  it("sends texts as they are, other payloads as JSON, with its method and headers", async () => {
    const webhook = new WebhookBlock({ url, method: "PUT", headers: { "X-Token": "t0k3n" } });
    expect(await webhook.call("plain")).toEqual({ status: 200, body: "you said plain" });
    await webhook.call({ a: 1 });
    expect(calls).toMatchObject([
      { method: "PUT", body: "plain", headers: { "x-token": "t0k3n" } },
      { body: '{"a":1}', headers: { "content-type": "application/json" } },
    ]);
  });

  it("gives back whatever the server answers", async () => {
    status = 404;
    expect((await new WebhookBlock({ url, method: "GET" }).call()).status).toBe(404);
  });

  it("does not call private addresses when it must not, nor shows its URL", async () => {
    const calling = new WebhookBlock({ url, allowPrivateUrls: false }).call("x");
    await expect(calling).rejects.toThrow(/webhook webhook could not be called: .*public internet/);
    await expect(calling).rejects.not.toThrow("s3cr3t");
    const { port } = new URL(url);
    const named = new WebhookBlock({ url: `http://localhost:${port}/`, allowPrivateUrls: false });
    await expect(named.call("x")).rejects.toMatchObject({ code: "NOTIFICATION" });
    expect(calls).toEqual([]);
  });

  it("needs an HTTP URL, and does not show another", () => {
    expect(() => new WebhookBlock({ url: "ftp://h/s3cr3t" })).toThrow("url: Invalid URL");
    expect(() => new WebhookBlock({ url: "ftp://h/s3cr3t" })).not.toThrow("s3cr3t");
  });
});

describe("a secret block", () => {
  it("gives texts as they are and other values as JSON", () => {
    expect(new SecretBlock({ value: "sk-123" }).reveal()).toBe("sk-123");
    const pair = new SecretBlock({ value: { user: "u", password: "pa55-w0rd" } });
    expect(JSON.parse(pair.reveal())).toEqual({ user: "u", password: "pa55-w0rd" });
    expect(`${pair}`).not.toContain("pa55-w0rd");
  });
});
