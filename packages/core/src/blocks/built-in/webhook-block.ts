/** A URL that is called with a payload: `webhook/team`. */
import { request as httpRequest, type IncomingMessage } from "node:http";
import { request as httpsRequest } from "node:https";
import { isIP } from "node:net";
import { z } from "zod";
import type { Secret } from "../../logging/secret.ts";
import {
  type Notification,
  NotificationError,
  type Notifier,
  type NotifyOptions,
} from "../../notifiers/notifier.ts";
import { Block, type BlockType } from "../block.ts";
import { rememberBlockClass } from "../block-classes.ts";
import { blockReference } from "../block-reference.ts";
import { type SecretField, secret } from "../secret-field.ts";
import { isPrivateAddress, privateAddressError, publicLookup } from "./public-addresses.ts";

const TIMEOUT_MS = 30_000;
/** The rest of a longer answer is not read. */
const MAX_ANSWER_BYTES = 1024 * 1024;

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
  /** The first mebibyte, as text. */
  readonly body: string;
}

/**
 * Calls a URL, which is a secret since its path often is one. Redirects are not followed. The same block type as
 * Prefect's `Webhook`.
 */
export class WebhookBlock extends WebhookType implements Notifier {
  static {
    rememberBlockClass("webhook", WebhookBlock);
  }

  /**
   * Sends a payload: a text as it is, anything else as JSON.
   *
   * @throws {NotificationError} when the server cannot be reached in 30 seconds; whatever it answers is an answer.
   */
  async call(payload?: unknown, { signal }: NotifyOptions = {}): Promise<WebhookAnswer> {
    signal?.throwIfAborted();
    const timeout = AbortSignal.timeout(TIMEOUT_MS);
    try {
      return await this.#send(payload, AbortSignal.any([timeout, ...(signal === undefined ? [] : [signal])]));
    } catch (cause) {
      signal?.throwIfAborted();
      const reason = timeout.aborted ? `no answer in ${TIMEOUT_MS / 1000} seconds` : messageOf(cause);
      throw new NotificationError(
        `The webhook ${this.#reference} could not be called: ${reason}. See whether its URL is right and its server is up.`,
        { cause },
      );
    }
  }

  /** Sends `{"subject": …, "body": …}`. */
  async notify({ subject, body }: Notification, options?: NotifyOptions): Promise<void> {
    const { status } = await this.call({ ...(subject !== undefined && { subject }), body }, options);
    if (status >= 200 && status < 300) return;
    throw new NotificationError(
      `The webhook ${this.#reference} answered ${status}. See whether its URL, method and headers are what its server wants.`,
      { details: { status } },
    );
  }

  get #reference(): string {
    return blockReference(this.blockTypeSlug, this.blockName);
  }

  #send(payload: unknown, signal: AbortSignal): Promise<WebhookAnswer> {
    const url = new URL(this.url.reveal());
    const text = payload === undefined || typeof payload === "string" ? payload : JSON.stringify(payload);
    const content: Record<string, string> =
      text === undefined || text === payload ? {} : { "content-type": "application/json" };
    const host = url.hostname.replace(/^\[|\]$/g, "");
    if (!this.allowPrivateUrls && isIP(host) !== 0 && isPrivateAddress(host)) {
      return Promise.reject(privateAddressError(host));
    }
    return new Promise((resolve, reject) => {
      const send = url.protocol === "https:" ? httpsRequest : httpRequest;
      const sending = send(url, {
        method: this.method,
        headers: { ...content, ...(this.headers as Secret<Record<string, string>>).reveal() },
        rejectUnauthorized: this.verify,
        signal,
        ...(!this.allowPrivateUrls && { lookup: publicLookup }),
      });
      sending.on("error", reject);
      sending.on("response", (response) => {
        answerOf(response).then(resolve, reject);
      });
      sending.end(text);
    });
  }
}

async function answerOf(response: IncomingMessage): Promise<WebhookAnswer> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Uint8Array>) {
    chunks.push(chunk);
    bytes += chunk.byteLength;
    if (bytes >= MAX_ANSWER_BYTES) break;
  }
  const body = Buffer.concat(chunks).subarray(0, MAX_ANSWER_BYTES).toString("utf8");
  return { status: response.statusCode ?? 0, body };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
