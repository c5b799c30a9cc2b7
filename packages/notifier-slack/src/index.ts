/** Notifications in Slack. */
export { type FileInChannel, type MessageInChannel, SlackBot } from "./slack-bot.ts";
export { slackText } from "./slack-text.ts";
export { SlackWebhook, type WebhookMessage } from "./slack-webhook.ts";
