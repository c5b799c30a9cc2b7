import { randomUUID } from "node:crypto";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { flow, temporarySettings } from "@sluice/core";
import { SlackCredentials } from "@sluice/credentials-slack";
import { startServer, startTroubleProxy, type TroubledServer } from "@sluice-internal/test-servers";
import { afterEach, describe, expect, expectTypeOf, it, onTestFinished, vi } from "vitest";
import { findSlackUser, replyInSlackThread, sendSlackMessage, uploadSlackFile } from "../src/index.ts";

const TOKEN = "xoxb-s3cr3t-token";
const SEED = {
  slack: {
    strict_scopes: true,
    users: [{ name: "ada", email: "ada@example.org" }],
    channels: [{ name: "reports" }],
    tokens: [
      {
        token: TOKEN,
        user: "ada",
        scopes: [
          "chat:write",
          "channels:read",
          "groups:read",
          "files:write",
          "channels:history",
          "users:read.email",
        ],
      },
    ],
  },
};

afterEach(() => {
  vi.unstubAllEnvs();
});

describe("tasks for Slack", () => {
  it("post a message, reply to it and add a file, in a flow that submits them", async () => {
    const { credentials, thread } = await slack();
    const report = flow({ name: "report" }, async () => {
      const posted = sendSlackMessage.submit(credentials, { channel: "reports", text: "The report" });
      const reply = replyInSlackThread.submit(credentials, posted, { text: "More below" });
      await reply;
      const { channel, ts } = await posted;
      const file = { channel, threadTs: ts, filename: "report.csv", content: "trips\n42\n" };
      const uploaded = await uploadSlackFile(credentials, file);
      expectTypeOf(uploaded).toEqualTypeOf<{ readonly id: string; readonly permalink: string | undefined }>();
      return { channel, ts, file: uploaded.id };
    });
    const { channel, ts, file } = await inMemory(() => report());
    expect(file).toMatch(/^F/);
    expect(await thread(channel, ts)).toMatchObject([
      { text: "The report" },
      { text: "More below", thread_ts: ts },
      { thread_ts: ts, files: [{ name: "report.csv" }] },
    ]);
  });

  it("find people by their addresses", async () => {
    const { credentials } = await slack();
    const people = flow({ name: "people" }, async () =>
      Promise.all(
        ["ada@example.org", "nobody@example.org"].map((email) => findSlackUser(credentials, email)),
      ),
    );
    expect(await inMemory(() => people())).toEqual([expect.objectContaining({ name: "ada" }), undefined]);
  });

  it("take credentials by the name of their block", async () => {
    const { credentials } = await slack();
    const data = JSON.stringify({ token: TOKEN, api_url: credentials.apiUrl });
    vi.stubEnv("SLUICE_BLOCK_SLACK_CREDENTIALS__BOT", data);
    const report = flow({ name: "report" }, () =>
      sendSlackMessage("bot", { channel: "reports", text: "The report" }),
    );
    expect(await inMemory(() => report())).toMatchObject({ channel: expect.stringMatching(/^C/) });
  });

  it("post again what is posted again", async () => {
    const { credentials } = await slack();
    const twice = flow({ name: "twice" }, async () => {
      const message = { channel: "reports", text: "The report" };
      return [await sendSlackMessage(credentials, message), await sendSlackMessage(credentials, message)];
    });
    const [first, second] = await inMemory(() => twice());
    expect(first?.ts).not.toBe(second?.ts);
  });

  it("end when their run takes too long", async () => {
    const { credentials, proxy } = await slack();
    proxy.troubles.push("stall");
    const impatient = sendSlackMessage.withOptions({ timeoutSeconds: 0.3 });
    const report = flow({ name: "report" }, () =>
      impatient(credentials, { channel: "reports", text: "The report" }),
    );
    await expect(inMemory(() => report())).rejects.toMatchObject({ code: "TIMED_OUT" });
  });

  it("fail with what Slack says, and what to do", async () => {
    const { credentials } = await slack();
    const report = flow({ name: "report" }, () =>
      sendSlackMessage(credentials, { channel: "C0NOWHERE", text: "The report" }),
    );
    await expect(inMemory(() => report())).rejects.toThrow(
      /channel_not_found\. See whether the channel is right/,
    );
  });
});

/** Runs flows with a history of their own in memory. */
function inMemory<T>(work: () => Promise<T>): Promise<T> {
  const home = join(tmpdir(), `sluice-tasks-slack-${randomUUID()}`);
  return temporarySettings({ home, "history.mode": "memory", "logging.to_terminal": false }, work);
}

async function slack(): Promise<{
  readonly credentials: SlackCredentials;
  readonly proxy: TroubledServer;
  readonly thread: (channel: string, ts: string) => Promise<unknown>;
}> {
  const server = await startServer("slack", { seed: SEED });
  if ("reason" in server) throw new Error(server.reason);
  const proxy = await startTroubleProxy(server.url);
  onTestFinished(async () => {
    await proxy.stop();
    await server.stop();
  });
  const thread = async (channel: string, ts: string): Promise<unknown> => {
    const answer = await fetch(`${server.url}/api/conversations.replies`, {
      method: "POST",
      headers: { authorization: `Bearer ${TOKEN}`, "content-type": "application/json" },
      body: JSON.stringify({ channel, ts }),
    });
    return ((await answer.json()) as { readonly messages: unknown }).messages;
  };
  return { credentials: new SlackCredentials({ token: TOKEN, apiUrl: `${proxy.url}/api/` }), proxy, thread };
}
