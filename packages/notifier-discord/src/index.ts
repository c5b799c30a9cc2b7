/** Notifications in Discord. */
export { DiscordWebhook } from "./discord-webhook.ts";
