/** A Slack to test with: emulate, and a proxy before it that makes trouble. */

import { SlackCredentials } from "@sluice/credentials-slack";
import { startServer, startTroubleProxy, type TroubledServer } from "@sluice-internal/test-servers";
import { SlackBot, SlackWebhook } from "../src/index.ts";

export const TOKEN = "xoxb-s3cr3t-token";
const SCOPES = [
  "chat:write",
  "channels:read",
  "groups:read",
  "channels:history",
  "files:write",
  "files:read",
];
const SEED = {
  slack: {
    strict_scopes: true,
    users: [{ name: "developer", email: "developer@example.org" }],
    channels: [{ name: "reports" }],
    tokens: [{ token: TOKEN, user: "developer", scopes: SCOPES }],
  },
};

export interface SeenMessage {
  readonly ts: string;
  readonly text: string;
  readonly thread_ts?: string;
  readonly blocks?: readonly unknown[];
  readonly files?: readonly { readonly name: string }[];
}

export interface SlackPlace {
  readonly bot: SlackBot;
  readonly webhook: SlackWebhook;
  readonly proxy: TroubledServer;
  /** The messages of a channel, oldest first, as its members get them. */
  messages(channel: string): Promise<readonly SeenMessage[]>;
  /** A message and the replies to it. */
  thread(channel: string, ts: string): Promise<readonly SeenMessage[]>;
  stop(): Promise<void>;
}

export async function startSlack(): Promise<SlackPlace> {
  const server = await startServer("slack", { seed: SEED });
  if ("reason" in server) throw new Error(server.reason);
  const proxy = await startTroubleProxy(server.url);
  const credentials = new SlackCredentials({ token: TOKEN, apiUrl: `${proxy.url}/api/` });
  const ask = async (method: string, body: object): Promise<Record<string, unknown>> => {
    const answer = await fetch(`${server.url}/api/${method}`, {
      method: "POST",
      headers: { authorization: `Bearer ${TOKEN}`, "content-type": "application/json" },
      body: JSON.stringify(body),
    });
    return (await answer.json()) as Record<string, unknown>;
  };
  const list = (await ask("conversations.list", {})) as { channels: { id: string; name: string }[] };
  const idOf = (name: string): string => list.channels.find((channel) => channel.name === name)?.id ?? "";
  return {
    bot: new SlackBot({ credentials, channel: idOf("reports") }),
    // The emulator's webhooks without a seed are those of this channel.
    webhook: new SlackWebhook({ url: `${proxy.url}/services/T000000001/B000000001/s3cr3t-path` }),
    proxy,
    messages: async (channel) => {
      const history = await ask("conversations.history", { channel: idOf(channel), limit: 100 });
      return (history["messages"] as SeenMessage[]).toReversed();
    },
    thread: async (channel, ts) => {
      const replies = await ask("conversations.replies", { channel: idOf(channel), ts });
      return replies["messages"] as SeenMessage[];
    },
    stop: async () => {
      await proxy.stop();
      await server.stop();
    },
  };
}

/** A text as Slack shows it. */
export function shown(text: string): string {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}
