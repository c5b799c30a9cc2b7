/** What we do with Slack: Slack's own client, with patience, time limits and one kind of error. */

import type { WebClient, WebClientOptions } from "@slack/web-api";
import {
  type Deliverer,
  type DeliveryOutcome,
  deliver,
  type NotifyOptions,
  type Secret,
  undelivered,
} from "@sluice/core";
import { blocksProblem, type SlackBlock } from "./slack-blocks.ts";
import { platformError, slackRefusal } from "./slack-refusal.ts";

export interface SlackMessage {
  /** Id of a channel (`C0123456789`) or person, or the name of a channel (`#reports`). */
  readonly channel: string;
  /** In Slack's `mrkdwn`. With `blocks` it is what notifications show. */
  readonly text: string;
  /** Block Kit. */
  readonly blocks?: readonly SlackBlock[] | undefined;
  /** `ts` of the message to reply to. */
  readonly threadTs?: string | undefined;
}

export interface PostedMessage {
  /** Id of the channel. */
  readonly channel: string;
  /** What the message is known by in its channel; `threadTs` of replies. */
  readonly ts: string;
}

export interface SlackFile {
  /** Id of a channel, or its name (`#reports`). */
  readonly channel: string;
  readonly filename: string;
  readonly content: string | Uint8Array;
  /** Default: the file name. */
  readonly title?: string | undefined;
  /** The text of the message with the file. */
  readonly comment?: string | undefined;
  /** `ts` of the message to reply to. */
  readonly threadTs?: string | undefined;
}

export interface UploadedFile {
  readonly id: string;
  /** Where people see it. */
  readonly permalink: string | undefined;
}

export interface SlackUser {
  readonly id: string;
  readonly name: string;
  readonly realName: string | undefined;
  readonly isBot: boolean;
}

export interface SlackClientOptions {
  readonly token: Secret;
  readonly apiUrl: string;
  /** The block that errors name. */
  readonly caller: Deliverer;
}

const CHANNELS_PER_PAGE = 1000;
/** As many channels are looked through for one of a name. */
const MAX_PAGES = 50;

/**
 * Calls of Slack's API. A call that Slack refuses as one too many is made again after the time it asks for.
 *
 * Every method throws a `NotificationError` when the call fails, or not in time, and the signal's reason when it aborted.
 */
export class SlackClient {
  readonly #options: SlackClientOptions;

  constructor(options: SlackClientOptions) {
    this.#options = options;
  }

  /** Posts a message. Blocks that are larger than Slack takes are an error that names them. */
  async postMessage(message: SlackMessage, options?: NotifyOptions): Promise<PostedMessage> {
    const { channel, text, blocks, threadTs } = message;
    const tooLarge = blocks === undefined ? undefined : blocksProblem(blocks);
    if (tooLarge !== undefined) {
      throw undelivered(this.#options.caller, { problem: tooLarge, remedy: "Split it." });
    }
    return await this.#call("deliver the message", options, async (client) => {
      const posted = await client.chat.postMessage({
        channel,
        text,
        ...(blocks !== undefined && { blocks: [...blocks] }),
        ...(threadTs !== undefined && { thread_ts: threadTs }),
      });
      return delivered({ channel: posted.channel ?? channel, ts: posted.ts ?? "" });
    });
  }

  /** Uploads a file and shares it in a channel. */
  uploadFile(file: SlackFile, options?: NotifyOptions): Promise<UploadedFile> {
    const { filename, content, title, comment, threadTs } = file;
    const data = typeof content === "string" ? Buffer.from(content) : Buffer.from(content);
    return this.#call(`upload the file ${filename}`, options, async (client) => {
      const channelId = await findChannelId(client, file.channel);
      if (channelId === undefined) {
        const problem = `there is no channel ${file.channel}`;
        return { isDelivered: false, problem, remedy: "Invite the Slack app to it.", isPassing: false };
      }
      const {
        files: [completed],
      } = await client.filesUploadV2({
        channel_id: channelId,
        ...{ file: data, filename, title: title ?? filename },
        ...(comment !== undefined && { initial_comment: comment }),
        ...(threadTs !== undefined && { thread_ts: threadTs }),
      } as Parameters<WebClient["filesUploadV2"]>[0]);
      const [uploaded] = completed?.files ?? [];
      return delivered({ id: uploaded?.id ?? "", permalink: uploaded?.permalink });
    });
  }

  /** The person with this address; `undefined` when there is none. */
  findUserByEmail(email: string, options?: NotifyOptions): Promise<SlackUser | undefined> {
    return this.#call<SlackUser | undefined>("look up the person", options, async (client) => {
      try {
        const { user } = await client.users.lookupByEmail({ email });
        return delivered({
          id: user?.id ?? "",
          name: user?.name ?? "",
          realName: user?.real_name,
          isBot: user?.is_bot ?? false,
        });
      } catch (error) {
        if (platformError(error) === "users_not_found") return delivered(undefined);
        throw error;
      }
    });
  }

  async #call<T>(
    action: string,
    options: NotifyOptions | undefined,
    work: (client: WebClient) => Promise<DeliveryOutcome<T>>,
  ): Promise<T> {
    const { caller, apiUrl } = this.#options;
    return await deliver(
      { blockReference: caller.blockReference, action },
      async (signal) => {
        try {
          return await work(await this.#client(signal));
        } catch (error) {
          if (signal.aborted) throw error;
          return slackRefusal(error, new URL(apiUrl).host);
        }
      },
      options,
    );
  }

  /** A client for one call, which ends with the signal. It does not try again by itself, nor write to the terminal. */
  async #client(signal: AbortSignal): Promise<WebClient> {
    const { token, apiUrl } = this.#options;
    // Loaded with the first call: it takes longer than all the rest.
    const { WebClient: Client, LogLevel } = await import("@slack/web-api");
    return new Client(token.reveal(), {
      slackApiUrl: apiUrl,
      fetch: (url, init) => fetch(url, { ...init, signal }),
      retryConfig: { retries: 0 },
      rejectRateLimitedCalls: true,
      logger: { ...SILENT, getLevel: () => LogLevel.ERROR },
    });
  }
}

const ignore = (): void => undefined;

/** What it would write are its reasons to fail, which its errors tell too, and advice to programmers. */
const SILENT: Omit<NonNullable<WebClientOptions["logger"]>, "getLevel"> = {
  debug: ignore,
  info: ignore,
  warn: ignore,
  error: ignore,
  setLevel: ignore,
  setName: ignore,
};

function delivered<T>(answer: T): DeliveryOutcome<T> {
  return { isDelivered: true, answer };
}

/** Files are shared by id only. */
async function findChannelId(client: WebClient, channel: string): Promise<string | undefined> {
  if (!channel.startsWith("#")) return channel;
  const name = channel.slice(1);
  let cursor: string | undefined;
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const { channels, response_metadata } = await client.conversations.list({
      ...{ limit: CHANNELS_PER_PAGE, exclude_archived: true, types: "public_channel,private_channel" },
      ...(cursor !== undefined && { cursor }),
    });
    const found = channels?.find((each) => each.name === name)?.id;
    cursor = response_metadata?.next_cursor;
    if (found !== undefined || cursor === undefined || cursor === "") return found;
  }
  return undefined;
}
