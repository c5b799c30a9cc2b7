/** Signatures of the Standard Webhooks specification (standardwebhooks.com, version 1.0.0, symmetric). */
import { createHmac } from "node:crypto";

const PREFIX = "whsec_";
/** Bounds of the specification, in bytes. */
const [MIN_BYTES, MAX_BYTES] = [24, 64];

/** Whether a text is a signing secret: base64 of 24 to 64 bytes, after `whsec_` if one likes. */
export function isSigningSecret(text: string): boolean {
  const encoded = withoutPrefix(text);
  const { length } = Buffer.from(encoded, "base64");
  return /^[A-Za-z0-9+/]+={0,2}$/.test(encoded) && length >= MIN_BYTES && length <= MAX_BYTES;
}

export interface SignedMessage {
  /** The same each time the message is sent. */
  readonly id: string;
  /** When it is sent. */
  readonly sentAt: Date;
  readonly body: string;
}

/** The headers by which a receiver knows the sender, and a message that it has had already. */
export function signatureHeaders(
  signingSecret: string,
  { id, sentAt, body }: SignedMessage,
): Record<string, string> {
  const timestamp = String(Math.floor(sentAt.getTime() / 1000));
  const key = Buffer.from(withoutPrefix(signingSecret), "base64");
  const signature = createHmac("sha256", key).update(`${id}.${timestamp}.${body}`).digest("base64");
  return { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": `v1,${signature}` };
}

function withoutPrefix(text: string): string {
  return text.startsWith(PREFIX) ? text.slice(PREFIX.length) : text;
}
