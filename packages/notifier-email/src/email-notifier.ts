/** Notifies people by mail. */
import {
  type DeliveryOutcome,
  deliver,
  type Notification,
  type Notifier,
  type NotifyOptions,
} from "@sluice/core";
import { Block } from "@sluice/core/blocks";
import { z } from "zod";
import { EmailServerCredentials } from "./email-server-credentials.ts";
import { recipientsRefused, smtpRefusal } from "./smtp-refusal.ts";

export interface EmailAttachment {
  readonly filename: string;
  readonly content: string | Uint8Array;
  /** Default: by the end of the file name. */
  readonly contentType?: string | undefined;
}

export interface Email {
  readonly subject: string;
  readonly text?: string | undefined;
  readonly html?: string | undefined;
  readonly attachments?: readonly EmailAttachment[] | undefined;
}

export interface SentEmail {
  /** By which replies refer to it. */
  readonly messageId: string;
}

/** Of silence, after which the server counts as lost; the whole has the time limit of the call. */
const SILENCE_MS = 30_000;
/** A line that mail programs show whole. */
const SUBJECT_LENGTH = 78;

const address = z
  .string()
  .regex(
    /^([^<>,\r\n]*<)?[^\s<>,@]+@[^\s<>,@]+>?$/,
    "expected an address: ada@example.org or Ada <ada@example.org>",
  );

/**
 * Mail to people, through an SMTP server.
 *
 * ```ts
 * const mail = new EmailNotifier({ credentials, from: "Reports <reports@example.org>", to: ["ada@example.org"] });
 * await mail.notify({ subject: "Hourly tips", body: "42 generous trips" });
 * ```
 */
export class EmailNotifier
  extends Block.define({
    slug: "email-notifier",
    name: "Email Notifier",
    description: "Notifies people by mail, through an SMTP server.",
    schema: z.object({
      credentials: EmailServerCredentials.field(),
      from: address.describe("The sender's address."),
      to: z.array(address).min(1),
      cc: z.array(address).default([]),
      bcc: z.array(address).default([]),
      replyTo: address.optional(),
    }),
    capabilities: ["notify"],
  })
  implements Notifier
{
  /** Sends plain text. Without a subject, the beginning of the first line is one. */
  async notify({ subject, body }: Notification, options?: NotifyOptions): Promise<void> {
    await this.send({ subject: subject ?? firstLine(body), text: body }, options);
  }

  /**
   * Resolves when the server has taken the mail for all recipients.
   *
   * @throws {NotificationError} when it does not, also when it took it for some: they are going to get it. The signal's
   * reason when it aborted.
   */
  send(email: Email, options?: NotifyOptions): Promise<SentEmail> {
    return deliver(this, (signal) => this.#attempt(email, signal), options);
  }

  async #attempt(email: Email, signal: AbortSignal): Promise<DeliveryOutcome<SentEmail>> {
    const { credentials, from, to, cc, bcc, replyTo } = this;
    // Loaded with the first mail: it takes longer than all the rest.
    const { createTransport } = await import("nodemailer");
    const transport = createTransport({
      ...credentials.transportOptions(),
      connectionTimeout: SILENCE_MS,
      greetingTimeout: SILENCE_MS,
      socketTimeout: SILENCE_MS,
      // What is attached are contents; a path or URL among them would be somebody's trick.
      disableFileAccess: true,
      disableUrlAccess: true,
    });
    const { subject, text, html, attachments = [] } = email;
    try {
      const { messageId, rejectedErrors = [] } = await transport.sendMail({
        ...{ from, to: [...to], cc: [...cc], bcc: [...bcc], replyTo },
        ...{ subject, text, html, attachments: attachments.map(attachment) },
        signal,
      });
      if (rejectedErrors.length > 0) return recipientsRefused(credentials.address, rejectedErrors);
      return { isDelivered: true, answer: { messageId } };
    } catch (error) {
      if (signal.aborted) throw error;
      return smtpRefusal(credentials.address, error);
    } finally {
      transport.close();
    }
  }
}

function attachment({ filename, content, contentType }: EmailAttachment): {
  filename: string;
  content: string | Buffer;
  contentType?: string;
} {
  const bytes = typeof content === "string" ? content : Buffer.from(content);
  return { filename, content: bytes, ...(contentType !== undefined && { contentType }) };
}

function firstLine(body: string): string {
  const [line = ""] = body.trim().split("\n", 1);
  const characters = Array.from(line.trim());
  if (characters.length <= SUBJECT_LENGTH) return characters.join("");
  return `${characters.slice(0, SUBJECT_LENGTH - 1).join("")}…`;
}
