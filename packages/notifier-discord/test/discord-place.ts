/** What stands in for Discord: a receiver that keeps its limits. */
import { type Receiver, startReceiver } from "@sluice-internal/test-servers";
import { z } from "zod";
import { DiscordWebhook } from "../src/index.ts";

export const fields = { webhookId: "1094123412341234", webhookToken: "jW2t-s3cr3t_token" };

const message = z.strictObject({
  content: z.string().min(1).max(2000),
  username: z.string().optional(),
  avatar_url: z.string().optional(),
  tts: z.boolean(),
  allowed_mentions: z.object({ parse: z.tuple([]) }),
});

export interface DiscordPlace extends Receiver {
  readonly block: (more?: Partial<ConstructorParameters<typeof DiscordWebhook>[0]>) => DiscordWebhook;
  /** @throws when a message is not as Discord takes it. */
  messages(): readonly z.output<typeof message>[];
}

export async function startDiscord(): Promise<DiscordPlace> {
  const receiver = await startReceiver({ status: 200, body: '{"id": "1"}' });
  class LocalDiscordWebhook extends DiscordWebhook {
    protected override get webhooksUrl(): string {
      return `${receiver.url}/api/webhooks`;
    }
  }
  return {
    ...receiver,
    block: (more) => new LocalDiscordWebhook({ ...fields, ...more }),
    messages: () => receiver.received.map(({ body }) => message.parse(JSON.parse(body))),
  };
}
