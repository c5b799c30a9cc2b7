/** Notifications as Slack writes them. */
import { type Notification, shortenText } from "@sluice/core";

/** Slack cuts longer texts, without a word. */
const MAX_LENGTH = 40_000;

/**
 * Subject, in bold, and body in `mrkdwn`. `*bold*`, `_italics_` and `` `code` `` keep their meaning; what would mention
 * people or make links (`<!channel>`) is shown as it is.
 */
export function slackText({ subject, body }: Notification): string {
  const title = subject === undefined ? "" : `*${escaped(subject)}*\n`;
  const text = shortenText(body, MAX_LENGTH - title.length, (part) => escaped(part).length);
  return `${title}${escaped(text)}`;
}

function escaped(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
