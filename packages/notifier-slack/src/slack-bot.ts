/** Notifies a channel as a Slack app. */
import type { Notification, Notifier, NotifyOptions } from "@sluice/core";
import { Block } from "@sluice/core/blocks";
import {
  type PostedMessage,
  SlackCredentials,
  type SlackFile,
  type SlackMessage,
  type UploadedFile,
} from "@sluice/credentials-slack";
import { z } from "zod";
import { slackText } from "./slack-text.ts";

/** A message without its channel. */
export type MessageInChannel = Omit<SlackMessage, "channel">;

/** A file without its channel. */
export type FileInChannel = Omit<SlackFile, "channel">;

/**
 * A Slack app's bot in a channel. It can do what a webhook cannot: reply in threads and upload files.
 *
 * ```ts
 * const reports = new SlackBot({ credentials: new SlackCredentials({ token }), channel: "#reports" });
 * const { ts } = await reports.send({ text: "The report of today" });
 * await reports.uploadFile({ filename: "report.csv", content: csv, threadTs: ts });
 * ```
 */
export class SlackBot
  extends Block.define({
    slug: "slack-bot",
    name: "Slack Bot",
    description: "Notifies a channel as a Slack app, with threads and files.",
    schema: z.object({
      credentials: SlackCredentials.field(),
      channel: z.string().min(1).describe("Id of a channel or person, or the name of a channel (#reports)."),
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
  send(message: MessageInChannel, options?: NotifyOptions): Promise<PostedMessage> {
    const { channel, credentials } = this;
    return credentials.client(this).postMessage({ channel, ...message }, options);
  }

  /** @throws {NotificationError} when the file cannot be uploaded; the signal's reason when it aborted. */
  uploadFile(file: FileInChannel, options?: NotifyOptions): Promise<UploadedFile> {
    const { channel, credentials } = this;
    return credentials.client(this).uploadFile({ channel, ...file }, options);
  }
}
