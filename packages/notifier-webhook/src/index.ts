/** Notifications to a URL, signed. */
export { SignedWebhook, type WebhookMessage } from "./signed-webhook.ts";
