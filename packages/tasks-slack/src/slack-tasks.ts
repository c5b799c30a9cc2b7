/**
 * What flows do in Slack. Each task takes credentials or the name of a saved block with them (`bot`), ends with its run, and
 * is done anew each time: its results are not cached.
 */
import { findRunContext, NO_CACHE, type NotifyOptions, type Task, task } from "@sluice/core";
import {
  type PostedMessage,
  type SlackClient,
  SlackCredentials,
  type SlackFile,
  type SlackMessage,
  type SlackUser,
  type UploadedFile,
} from "@sluice/credentials-slack";

/** A message without its place. */
export type SlackReply = Omit<SlackMessage, "channel" | "threadTs">;

type Credentials = SlackCredentials | string;

/**
 * Posts a message, with Block Kit if need be.
 *
 * ```ts
 * const posted = await sendSlackMessage("bot", { channel: "#reports", text: "42 generous trips" });
 * ```
 */
export const sendSlackMessage: Task<[Credentials, SlackMessage], PostedMessage> = task(
  { name: "send-slack-message", cachePolicy: NO_CACHE },
  async (credentials: Credentials, message: SlackMessage): Promise<PostedMessage> =>
    (await clientFor(credentials)).postMessage(message, ofThisRun()),
);

/** Replies to a message, in its thread. Takes what `sendSlackMessage` gives, or a future of it. */
export const replyInSlackThread: Task<[Credentials, PostedMessage, SlackReply], PostedMessage> = task(
  { name: "reply-in-slack-thread", cachePolicy: NO_CACHE },
  async (
    credentials: Credentials,
    { channel, ts }: PostedMessage,
    reply: SlackReply,
  ): Promise<PostedMessage> =>
    (await clientFor(credentials)).postMessage({ ...reply, channel, threadTs: ts }, ofThisRun()),
);

/** Uploads a file, and shares it in a channel or a thread. */
export const uploadSlackFile: Task<[Credentials, SlackFile], UploadedFile> = task(
  { name: "upload-slack-file", cachePolicy: NO_CACHE },
  async (credentials: Credentials, file: SlackFile): Promise<UploadedFile> =>
    (await clientFor(credentials)).uploadFile(file, ofThisRun()),
);

/** The person with this address; `undefined` when there is none. */
export const findSlackUser: Task<[Credentials, string], SlackUser | undefined> = task(
  { name: "find-slack-user", cachePolicy: NO_CACHE },
  async (credentials: Credentials, email: string): Promise<SlackUser | undefined> =>
    (await clientFor(credentials)).findUserByEmail(email, ofThisRun()),
);

async function clientFor(credentials: Credentials): Promise<SlackClient> {
  const block = typeof credentials === "string" ? await SlackCredentials.load(credentials) : credentials;
  return block.client();
}

function ofThisRun(): NotifyOptions {
  return { signal: findRunContext()?.signal };
}
