import { inspect } from "node:util";
import { startServer, startTroubleProxy, type TroubledServer } from "@sluice-internal/test-servers";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { type SlackClient, SlackCredentials } from "../src/index.ts";

const TOKEN = "xoxb-s3cr3t-token";
const NARROW_TOKEN = "xoxb-narrow-token";
const SEED = {
  slack: {
    strict_scopes: true,
    users: [{ name: "developer", real_name: "Dev Eloper", email: "developer@example.org" }],
    channels: [{ name: "reports" }],
    tokens: [
      {
        token: TOKEN,
        user: "developer",
        scopes: ["chat:write", "channels:read", "groups:read", "files:write", "users:read.email"],
      },
      { token: NARROW_TOKEN, user: "developer", scopes: ["channels:read"] },
    ],
  },
};

describe("a client of Slack's API", () => {
  it("posts a message and a reply to it", async () => {
    const { client } = await slack();
    const posted = await client.postMessage({ channel: "reports", text: "hello" });
    expect(posted).toEqual({ channel: expect.stringMatching(/^C/), ts: expect.stringMatching(/^\d+\.\d+$/) });
    const reply = await client.postMessage({ channel: posted.channel, text: "hi", threadTs: posted.ts });
    expect(reply.channel).toBe(posted.channel);
  });

  it("uploads bytes and texts to a channel that is given by its name", async () => {
    const { client } = await slack();
    for (const content of [Uint8Array.of(0, 255, 1), "Größe: 3 €"]) {
      const file = await client.uploadFile({
        channel: "#reports",
        filename: "a.bin",
        content,
        comment: "Here",
      });
      expect(file).toMatchObject({
        id: expect.stringMatching(/^F/),
        permalink: expect.stringContaining("http"),
      });
    }
  });

  it("says so when there is no channel of the name", async () => {
    const { client } = await slack();
    const uploading = client.uploadFile({ channel: "#nowhere", filename: "a.txt", content: "x" });
    await expect(uploading).rejects.toThrow("could not upload the file a.txt: there is no channel #nowhere.");
  });

  it("finds a person by the address, or nobody", async () => {
    const { client } = await slack();
    expect(await client.findUserByEmail("developer@example.org")).toEqual({
      id: expect.stringMatching(/^U/),
      name: "developer",
      realName: "Dev Eloper",
      isBot: false,
    });
    expect(await client.findUserByEmail("nobody@example.org")).toBeUndefined();
  });

  it("names the scope that is missing", async () => {
    const { url } = await slack();
    const client = new SlackCredentials({ token: NARROW_TOKEN, apiUrl: `${url}/api/` }).client();
    const posting = client.postMessage({ channel: "reports", text: "hello" });
    await expect(posting).rejects.toThrow(
      /slack-credentials could not deliver .* answered missing_scope.* the scope chat:write, and install it again/,
    );
  });

  it("calls again after the time that Slack asks for, and only then", async () => {
    const { client, proxy } = await slack();
    proxy.troubles.push({ status: 429, headers: { "retry-after": "1" } });
    const start = performance.now();
    await client.postMessage({ channel: "reports", text: "hello" });
    expect(performance.now() - start).toBeGreaterThan(950);
    expect(proxy.requests()).toBe(2);
  });

  it("does not send again what Slack may have taken", async () => {
    const { client, proxy } = await slack();
    proxy.troubles.push({ status: 500, body: "oops" });
    await expect(client.postMessage({ channel: "reports", text: "hello" })).rejects.toThrow(
      "answered 500. Try it later.",
    );
    expect(proxy.requests()).toBe(1);
  });

  it("says when Slack cannot be reached, without the token, and writes nothing to the terminal", async () => {
    const terminal = [vi.spyOn(console, "warn"), vi.spyOn(console, "error"), vi.spyOn(console, "log")];
    const { client, stop } = await slack();
    await stop();
    const posting = client.postMessage({ channel: "reports", text: "hello" }, { timeoutSeconds: 0.5 });
    const error: unknown = await posting.catch((reason: unknown) => reason);
    expect(error).toMatchObject({
      code: "NOTIFICATION",
      message: expect.stringMatching(/127\.0\.0\.1:\d+ could not be reached \(ECONNREFUSED\)/),
    });
    expect(inspect(error, { depth: Number.POSITIVE_INFINITY, showHidden: true })).not.toContain(TOKEN);
    for (const written of terminal) expect(written).not.toHaveBeenCalled();
  });

  it("stops in the middle of an upload when its signal aborts", async () => {
    const { client, proxy } = await slack();
    const controller = new AbortController();
    proxy.troubles.push("stall");
    const reason = new Error("no longer wanted");
    const uploading = client.uploadFile(
      { channel: "C0", filename: "a.txt", content: "x" },
      { signal: controller.signal },
    );
    await vi.waitFor(() => expect(proxy.requests()).toBe(1));
    controller.abort(reason);
    await expect(uploading).rejects.toBe(reason);
  });
});

async function slack(): Promise<{
  readonly client: SlackClient;
  readonly url: string;
  readonly proxy: TroubledServer;
  readonly stop: () => Promise<void>;
}> {
  const server = await startServer("slack", { seed: SEED });
  if ("reason" in server) throw new Error(server.reason);
  const proxy = await startTroubleProxy(server.url);
  const stop = async (): Promise<void> => {
    await proxy.stop();
    await server.stop();
  };
  onTestFinished(stop);
  const { url } = proxy;
  const client = new SlackCredentials({ token: TOKEN, apiUrl: `${url}/api` }).client();
  return { client, url, proxy, stop };
}
