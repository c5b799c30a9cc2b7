/** A URL that is called with a payload: `webhook/team`. */
import { z } from "zod";
import {
  type Notification,
  NotificationError,
  type Notifier,
  type NotifyOptions,
} from "../../notifiers/notifier.ts";
import { Block, type BlockType } from "../block.ts";
import { rememberBlockClass } from "../block-classes.ts";
import { type SecretField, secret } from "../secret-field.ts";

const DEFAULT_TIMEOUT_SECONDS = 60;

type Headers = z.ZodRecord<z.ZodString, z.ZodString>;

type WebhookSchema = z.ZodObject<{
  method: z.ZodDefault<z.ZodEnum<{ GET: "GET"; POST: "POST"; PUT: "PUT"; PATCH: "PATCH"; DELETE: "DELETE" }>>;
  url: SecretField<z.ZodURL>;
  headers: z.ZodPrefault<SecretField<Headers>>;
  allowPrivateUrls: z.ZodDefault<z.ZodBoolean>;
  verify: z.ZodDefault<z.ZodBoolean>;
}>;

const WebhookType: BlockType<WebhookSchema> = Block.define({
  slug: "webhook",
  name: "Webhook",
  description: "A URL that is called with a payload.",
  schema: z.object({
    method: z.enum(["GET", "POST", "PUT", "PATCH", "DELETE"]).default("POST"),
    url: secret(z.url({ protocol: /^https?$/ })),
    headers: secret(z.record(z.string(), z.string())).prefault({}),
    allowPrivateUrls: z
      .boolean()
      .default(true)
      .describe("Whether addresses of private networks may be called."),
    verify: z.boolean().default(true).describe("Whether the certificate of the called server must be valid."),
  }),
  capabilities: ["notify"],
});

export interface WebhookAnswer {
  readonly status: number;
  /** Its beginning, as text: 16 KiB. */
  readonly body: string;
}

/**
 * Calls a URL, which is a secret since its path often is one. The same block type as Prefect's `Webhook`.
 */
export class WebhookBlock extends WebhookType implements Notifier {
  static {
    rememberBlockClass("webhook", WebhookBlock);
  }

  /**
   * Sends a payload: a text as it is, anything else as JSON.
   *
   * @throws {NotificationError} when the server does not answer in time; whatever it answers is an answer.
   */
  async call(
    payload?: unknown,
    { signal, timeoutSeconds = DEFAULT_TIMEOUT_SECONDS }: NotifyOptions = {},
  ): Promise<WebhookAnswer> {
    signal?.throwIfAborted();
    const timeout = AbortSignal.timeout(timeoutSeconds * 1000);
    try {
      return await this.#send(payload, AbortSignal.any([timeout, ...(signal === undefined ? [] : [signal])]));
    } catch (cause) {
      signal?.throwIfAborted();
      const reason = timeout.aborted ? `no answer in ${timeoutSeconds} seconds` : messageOf(cause);
      throw new NotificationError(
        `The webhook ${this.blockReference} could not be called: ${reason}. See whether its URL is right and its server is up.`,
        { cause },
      );
    }
  }

  /** Sends `{"subject": …, "body": …}`. */
  async notify({ subject, body }: Notification, options?: NotifyOptions): Promise<void> {
    const { status } = await this.call({ ...(subject !== undefined && { subject }), body }, options);
    if (status >= 200 && status < 300) return;
    throw new NotificationError(
      `The webhook ${this.blockReference} answered ${status}. See whether its URL, method and headers are what its server wants.`,
      { details: { status } },
    );
  }

  async #send(payload: unknown, signal: AbortSignal): Promise<WebhookAnswer> {
    // Loaded when it is first called: the modules of Node that it needs take 10 ms.
    const { sendRequest } = await import("../../outbound/send-request.ts");
    const isJson = payload !== undefined && typeof payload !== "string";
    const { status, text } = await sendRequest({
      url: new URL(this.url.reveal()),
      method: this.method,
      headers: { ...(isJson && { "content-type": "application/json" }), ...this.headers.reveal() },
      body: isJson ? JSON.stringify(payload) : (payload ?? ""),
      signal,
      allowPrivateAddresses: this.allowPrivateUrls,
      verifyCertificate: this.verify,
    });
    return { status, body: text };
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
