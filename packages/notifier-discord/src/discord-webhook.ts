/** Notifies a channel of Discord. */
import {
  deliverOverHttp,
  type Notification,
  type Notifier,
  type NotifyOptions,
  shortenText,
} from "@sluice/core";
import { Block, secret } from "@sluice/core/blocks";
import { z } from "zod";

/** Of a message. */
const MAX_LENGTH = 2000;
const MAX_SUBJECT_LENGTH = 256;

/**
 * A webhook of a Discord channel: `https://discord.com/api/webhooks/<webhookId>/<webhookToken>`. The same block type as
 * Prefect's.
 *
 * ```ts
 * const team = new DiscordWebhook({ webhookId: "1094…", webhookToken: "jW2t…" });
 * await team.notify({ subject: "Hourly tips", body: "42 generous trips" });
 * ```
 */
export class DiscordWebhook
  extends Block.define({
    slug: "discord-webhook",
    name: "Discord Webhook",
    description: "Notifies a channel of Discord through a webhook.",
    schema: z.object({
      webhookId: secret(z.string().regex(/^\d+$/, "expected the number in the webhook's URL")),
      webhookToken: secret(z.string().regex(/^[\w-]+$/, "expected the last part of the webhook's URL")),
      botname: z.string().min(1).max(80).optional().describe("The name that messages are from."),
      avatarUrl: z.url().optional().describe("The picture that messages are from."),
      tts: z.boolean().default(false).describe("Whether messages are read aloud."),
    }),
    capabilities: ["notify"],
  })
  implements Notifier
{
  /** Where webhooks are; to be overridden for a server that is like Discord's. */
  protected get webhooksUrl(): string {
    return "https://discord.com/api/webhooks";
  }

  /** `**bold**` and the like keep their meaning; nobody is mentioned, whatever the text says. */
  async notify(message: Notification, options?: NotifyOptions): Promise<void> {
    const { webhookId, webhookToken, botname, avatarUrl, tts } = this;
    // Without "wait" it answers before it knows whether the message is in order.
    const url = `${this.webhooksUrl}/${webhookId.reveal()}/${webhookToken.reveal()}?wait=true`;
    const headers = (): Record<string, string> => ({
      "content-type": "application/json",
      "user-agent": "sluice",
    });
    const body = JSON.stringify({
      content: contentOf(message),
      ...{ username: botname, avatar_url: avatarUrl, tts },
      allowed_mentions: { parse: [] },
    });
    await deliverOverHttp(this, { url, headers, body }, options);
  }
}

function contentOf({ subject, body }: Notification): string {
  const title = subject === undefined ? "" : `**${shortenText(subject, MAX_SUBJECT_LENGTH)}**\n`;
  return `${title}${shortenText(body, MAX_LENGTH - title.length)}`;
}
