/** A server that sends mail, and who may use it. */
import { Block, secret } from "@sluice/core/blocks";
import type { SMTPTransportOptions } from "nodemailer";
import { z } from "zod";

const DEFAULT_PORTS = { SSL: 465, STARTTLS: 587, INSECURE: 25 } as const;
type SecurityType = keyof typeof DEFAULT_PORTS;

/** Names that stand for servers, as in Prefect's block. */
const SERVERS: ReadonlyMap<string, string> = new Map([
  ["aol", "smtp.aol.com"],
  ["att", "smtp.mail.att.net"],
  ["comcast", "smtp.comcast.net"],
  ["gmail", "smtp.gmail.com"],
  ["icloud", "smtp.mail.me.com"],
  ["outlook", "smtp-mail.outlook.com"],
  ["yahoo", "smtp.mail.yahoo.com"],
]);

/**
 * An SMTP server. The same block type as Prefect's.
 *
 * ```ts
 * const server = new EmailServerCredentials({
 *   smtpServer: "smtp.example.org",
 *   smtpType: "STARTTLS",
 *   username: "reports",
 *   password: process.env.SMTP_PASSWORD,
 * });
 * ```
 */
export class EmailServerCredentials extends Block.define({
  slug: "email-server-credentials",
  name: "Email Server Credentials",
  description: "An SMTP server, and who may send mail through it.",
  schema: z.object({
    username: z.string().optional().describe("Left out for servers that ask for no login."),
    password: secret(z.string()).prefault(""),
    smtpServer: z
      .string()
      .min(1)
      .default("smtp.gmail.com")
      .describe("Host of the server, or a name such as gmail."),
    smtpType: z
      .union([z.enum(["SSL", "STARTTLS", "INSECURE"]), z.literal(Object.values(DEFAULT_PORTS))])
      .default("SSL")
      .describe("How the connection is made safe: SSL, STARTTLS or INSECURE (or 465, 587, 25)."),
    smtpPort: z.int().min(1).max(65_535).optional().describe("Default: 465, 587 or 25, by the type."),
    verify: z.boolean().default(true).describe("Whether the server's certificate has to be valid."),
  }),
}) {
  /** Host and port, as in errors. */
  get address(): string {
    return `${this.#host}:${this.#port}`;
  }

  /** What nodemailer's `createTransport` takes. */
  transportOptions(): SMTPTransportOptions {
    const { username, password, verify } = this;
    return {
      host: this.#host,
      port: this.#port,
      secure: this.#type === "SSL",
      // Never the one without the other: what a server does not offer, somebody in between may have taken away.
      ...(this.#type === "STARTTLS" ? { requireTLS: true } : { ignoreTLS: true }),
      tls: { rejectUnauthorized: verify },
      ...(username !== undefined && {
        auth: { user: username, pass: password.reveal() },
        forceAuth: true,
      }),
    };
  }

  get #host(): string {
    return SERVERS.get(this.smtpServer.toLowerCase()) ?? this.smtpServer;
  }

  get #port(): number {
    return this.smtpPort ?? DEFAULT_PORTS[this.#type];
  }

  get #type(): SecurityType {
    if (typeof this.smtpType === "string") return this.smtpType;
    return this.smtpType === 465 ? "SSL" : this.smtpType === 587 ? "STARTTLS" : "INSECURE";
  }
}
