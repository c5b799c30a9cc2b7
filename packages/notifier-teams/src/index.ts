/** Notifications in Microsoft Teams. */
export { TeamsWebhook } from "./teams-webhook.ts";
