/** Notifies a channel through an incoming webhook of Slack. */
import {
  deliverOverHttp,
  type Notification,
  type Notifier,
  type NotifyOptions,
  undelivered,
} from "@sluice/core";
import { Block, secret } from "@sluice/core/blocks";
import { blocksProblem, type SlackBlock } from "@sluice/credentials-slack";
import { z } from "zod";
import { slackText } from "./slack-text.ts";

export interface WebhookMessage {
  /** In Slack's `mrkdwn`. With `blocks` it is what notifications show. */
  readonly text: string;
  /** Block Kit. */
  readonly blocks?: readonly SlackBlock[] | undefined;
  /** `ts` of the message to reply to. */
  readonly threadTs?: string | undefined;
}

/**
 * An incoming webhook, which has its channel. The same block type as Prefect's.
 *
 * ```ts
 * const team = new SlackWebhook({ url: "https://hooks.slack.com/services/…" });
 * await team.notify({ subject: "Hourly tips", body: "42 generous trips" });
 * ```
 */
export class SlackWebhook
  extends Block.define({
    slug: "slack-webhook",
    name: "Slack Webhook",
    description: "Notifies a channel through an incoming webhook of Slack.",
    schema: z.object({
      url: secret(z.url({ protocol: /^https?$/ })).describe("Such as https://hooks.slack.com/services/…"),
      allowPrivateUrls: z
        .boolean()
        .default(true)
        .describe("Whether addresses of private networks may be sent to."),
    }),
    capabilities: ["notify"],
  })
  implements Notifier
{
  async notify(message: Notification, options?: NotifyOptions): Promise<void> {
    await this.send({ text: slackText(message) }, options);
  }

  /**
   * @throws {NotificationError} when the message cannot be delivered, or has blocks that are larger than Slack takes; the
   * signal's reason when it aborted.
   */
  async send({ text, blocks, threadTs }: WebhookMessage, options?: NotifyOptions): Promise<void> {
    const tooLarge = blocks === undefined ? undefined : blocksProblem(blocks);
    if (tooLarge !== undefined) throw undelivered(this, { problem: tooLarge, remedy: "Split it." });
    const body = JSON.stringify({ text, blocks, thread_ts: threadTs });
    const headers = (): Record<string, string> => ({ "content-type": "application/json" });
    const { allowPrivateUrls } = this;
    await deliverOverHttp(this, { url: this.url.reveal(), headers, body, allowPrivateUrls }, options);
  }
}
