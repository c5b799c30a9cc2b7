/** Notifications as Adaptive Cards, which Workflows of Teams post. */
import { type Notification, shortenText } from "@sluice/core";

/** Of the whole message; Teams takes 28 KB. */
const MAX_BYTES = 27_000;
const MAX_SUBJECT_LENGTH = 500;

/** The JSON of a message with a card: the subject as its title, the body below it. */
export function cardMessage({ subject, body }: Notification, wrap: boolean): string {
  const title = subject === undefined ? [] : [titleOf(subject, wrap)];
  const message = (text: string): string => JSON.stringify(messageWith([...title, textOf(text, wrap)]));
  return message(shortenText(body, MAX_BYTES, (text) => Buffer.byteLength(message(text))));
}

function titleOf(subject: string, wrap: boolean): object {
  return { ...textOf(shortenText(subject, MAX_SUBJECT_LENGTH), wrap), size: "Medium", weight: "Bolder" };
}

/** A single line break is none in a card. */
function textOf(text: string, wrap: boolean): object {
  return { type: "TextBlock", text: text.replace(/\r?\n/g, "\n\n"), wrap };
}

function messageWith(body: readonly object[]): object {
  const content = {
    $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
    ...{ type: "AdaptiveCard", version: "1.4", body, msteams: { width: "Full" } },
  };
  const contentType = "application/vnd.microsoft.card.adaptive";
  return { type: "message", attachments: [{ contentType, contentUrl: null, content }] };
}
