/** A URL that is told things, with a signature by which it knows who tells. */
import { randomUUID } from "node:crypto";
import { deliverOverHttp, type Notification, type Notifier, type NotifyOptions } from "@sluice/core";
import { Block, secret } from "@sluice/core/blocks";
import { z } from "zod";
import { isSigningSecret, signatureHeaders } from "./signature.ts";

/** What the receiver gets, beside the time. */
export interface WebhookMessage {
  /** What happened, in words with dots between them, such as `report.ready`. */
  readonly type: string;
  /** What there is to say about it: anything that JSON has. */
  readonly data: unknown;
}

/**
 * Posts JSON, signed by the Standard Webhooks specification: the receiver checks it with any library of it. Sends to
 * addresses of the public internet only, unless `allowPrivateUrls` is true, whatever the URL's name resolves to when the
 * connection is made.
 *
 * ```ts
 * const hook = new SignedWebhook({ url: "https://example.org/hooks", signingSecret: "whsec_…" });
 * await hook.notify({ subject: "Hourly tips", body: "42 generous trips" });
 * ```
 */
export class SignedWebhook
  extends Block.define({
    slug: "signed-webhook",
    name: "Signed Webhook",
    description: "A URL that is told things, with signatures of the Standard Webhooks specification.",
    schema: z.object({
      url: secret(z.url({ protocol: /^https?$/ })),
      signingSecret: secret(
        z.string().refine(isSigningSecret, "expected base64 of 24 to 64 bytes, such as whsec_MfKQ9r8G…"),
      ),
      headers: secret(z.record(z.string(), z.string()))
        .prefault({})
        .describe("Headers beside those of the signature, such as a token."),
      allowPrivateUrls: z
        .boolean()
        .default(false)
        .describe("Whether addresses of private networks may be sent to."),
    }),
    capabilities: ["notify"],
  })
  implements Notifier
{
  /** Sends a message of the type `notification`, with `subject` and `body` as its data. */
  async notify({ subject, body }: Notification, options?: NotifyOptions): Promise<void> {
    await this.send({ type: "notification", data: { subject, body } }, options);
  }

  /**
   * Resolves when the receiver has taken the message. It may get it more than once, always with the same `webhook-id`:
   * what fails on its side is sent again.
   *
   * @throws {NotificationError} when the message cannot be delivered; the signal's reason when it aborted.
   */
  async send({ type, data }: WebhookMessage, options?: NotifyOptions): Promise<void> {
    const id = `msg_${randomUUID()}`;
    const body = JSON.stringify({ type, timestamp: new Date().toISOString(), data });
    const headers = (): Record<string, string> => ({
      ...this.headers.reveal(),
      "content-type": "application/json",
      "user-agent": "sluice",
      ...signatureHeaders(this.signingSecret.reveal(), { id, sentAt: new Date(), body }),
    });
    const { allowPrivateUrls } = this;
    const delivery = { url: this.url.reveal(), headers, body, isRepeatable: true, allowPrivateUrls };
    await deliverOverHttp(this, delivery, options);
  }
}
