/** Notifications by mail. */
export { type Email, type EmailAttachment, EmailNotifier, type SentEmail } from "./email-notifier.ts";
export { EmailServerCredentials } from "./email-server-credentials.ts";
