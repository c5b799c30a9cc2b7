/** Tasks for Slack. */
export {
  findSlackUser,
  replyInSlackThread,
  type SlackReply,
  sendSlackMessage,
  uploadSlackFile,
} from "./slack-tasks.ts";
