/** Credentials for Slack, and what can be done with them. */
export { blocksProblem, type SlackBlock } from "./slack-blocks.ts";
export {
  type PostedMessage,
  SlackClient,
  type SlackFile,
  type SlackMessage,
  type SlackUser,
  type UploadedFile,
} from "./slack-client.ts";
export { SlackCredentials } from "./slack-credentials.ts";
