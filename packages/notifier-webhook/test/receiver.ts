/** A receiver of webhooks that checks signatures with a library which is not ours. */
import { type Receiver, startReceiver } from "@sluice-internal/test-servers";
import { Webhook } from "standardwebhooks";
import { SignedWebhook } from "../src/index.ts";

export const SIGNING_SECRET = `whsec_${Buffer.from("a secret of two dozen bytes, and more").toString("base64")}`;

export interface SignedMessage {
  readonly id: string;
  readonly headers: Receiver["received"][number]["headers"];
  readonly payload: { readonly type: string; readonly timestamp: string; readonly data: unknown };
}

export interface SignedReceiver extends Receiver {
  readonly hook: string;
  readonly block: SignedWebhook;
  /** @throws when a message is not signed as it should be. */
  messages(): readonly SignedMessage[];
}

export async function startSignedReceiver(status = 204): Promise<SignedReceiver> {
  const receiver = await startReceiver({ status });
  const hook = `${receiver.url}/hooks/s3cr3t-path`;
  const messages = (): readonly SignedMessage[] =>
    receiver.received.map(({ headers, body }) => {
      const payload = new Webhook(SIGNING_SECRET).verify(body, headers as Record<string, string>);
      return { id: String(headers["webhook-id"]), headers, payload: payload as SignedMessage["payload"] };
    });
  const block = new SignedWebhook({ url: hook, signingSecret: SIGNING_SECRET, allowPrivateUrls: true });
  return { ...receiver, hook, block, messages };
}
