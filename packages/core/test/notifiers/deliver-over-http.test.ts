import { once } from "node:events";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { inspect } from "node:util";
import { describe, expect, it, onTestFinished } from "vitest";
import { deliverOverHttp, type HttpDelivery } from "../../src/notifiers/deliver-over-http.ts";

const BLOCK = { blockReference: "some-webhook/team" };

describe("a message over HTTP", () => {
  it("is delivered when the answer is one of success", async () => {
    const { delivery, tries } = await receiver([204]);
    expect(await deliverOverHttp(BLOCK, delivery)).toMatchObject({ status: 204 });
    expect(tries()).toBe(1);
  });

  it.each([429, 503])("is sent again after Retry-After when the answer is %i", async (status) => {
    const { delivery, tries } = await receiver([status, 200]);
    await deliverOverHttp(BLOCK, delivery);
    expect(tries()).toBe(2);
  });

  it("has headers of its own each time it is sent", async () => {
    const { delivery } = await receiver([429, 429, 200]);
    let made = 0;
    const headers = (): Record<string, string> => {
      made += 1;
      return { "x-try": String(made) };
    };
    await deliverOverHttp(BLOCK, { ...delivery, headers });
    expect(made).toBe(3);
  });

  it("is sent again after other failures only when the receiver knows it by then", async () => {
    const once = await receiver([500, 200]);
    await expect(deliverOverHttp(BLOCK, once.delivery)).rejects.toThrow("answered 500. Send it later.");
    const repeated = await receiver([500, 200]);
    await deliverOverHttp(BLOCK, { ...repeated.delivery, isRepeatable: true });
    expect([once.tries(), repeated.tries()]).toEqual([1, 2]);
  });

  it.each([
    [401, "credentials"],
    [404, "still exists"],
    [302, "moved"],
    [413, "shorter"],
    [422, "the one for this kind of message"],
  ])("that is answered with %i says what to do", async (status, remedy) => {
    const { delivery, host } = await receiver([status]);
    const failing = deliverOverHttp(BLOCK, delivery);
    await expect(failing).rejects.toThrow(remedy);
    await expect(failing).rejects.toThrow(
      `some-webhook/team could not deliver the message: ${host} answered ${status}`,
    );
  });

  it("shows the receiver's words, without the URL that it repeats", async () => {
    const words = (path: string): string => `Cannot POST ${path}\n  try elsewhere ${"!".repeat(500)}`;
    const { delivery } = await receiver([404], words);
    const error: unknown = await deliverOverHttp(BLOCK, delivery).catch((reason: unknown) => reason);
    expect(String(error)).toContain("answered 404 (Cannot POST **** try elsewhere !!!");
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain("T0KEN");
    expect(String(error).length).toBeLessThan(400);
  });

  it("that nobody can take names the host, and not the rest of the URL", async () => {
    const { delivery, close } = await receiver([]);
    await close();
    const failing = deliverOverHttp(BLOCK, delivery, { timeoutSeconds: 0.5 });
    await expect(failing).rejects.toThrow(/127\.0\.0\.1:\d+ could not be reached \(ECONNREFUSED\)/);
    const error: unknown = await failing.catch((reason: unknown) => reason);
    expect(inspect(error, { depth: 9, showHidden: true })).not.toContain("T0KEN");
  });

  it("does not go to a private address when the block forbids it", async () => {
    const { delivery, tries } = await receiver([200]);
    const failing = deliverOverHttp(BLOCK, { ...delivery, allowPrivateUrls: false });
    await expect(failing).rejects.toMatchObject({
      code: "NOTIFICATION",
      message: expect.stringContaining("127.0.0.1 is not an address of the public internet"),
    });
    expect(tries()).toBe(0);
  });
});

/** Answers with these statuses in turn. */
async function receiver(
  statuses: readonly number[],
  words: (path: string) => string = () => "",
): Promise<{
  readonly delivery: HttpDelivery;
  readonly host: string;
  readonly tries: () => number;
  readonly close: () => Promise<void>;
}> {
  let tries = 0;
  const server = createServer((request, response: ServerResponse) => {
    const status = statuses[tries] ?? 599;
    tries += 1;
    response.writeHead(status, { "retry-after": "0.01" }).end(words(request.url ?? ""));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const close = async (): Promise<void> => {
    server.closeAllConnections();
    if (server.listening) await new Promise((resolve) => server.close(resolve));
  };
  onTestFinished(close);
  const host = `127.0.0.1:${port}`;
  const url = `http://${host}/hooks/T0KEN?key=T0KEN`;
  return { delivery: { url, headers: () => ({}), body: "hello" }, host, tries: () => tries, close };
}
