import { blockSuite, notifierSuite } from "@sluice/core/testing";
import { SignedWebhook } from "../src/index.ts";
import { SIGNING_SECRET, startSignedReceiver } from "./receiver.ts";

const url = "https://hooks.example/s3cr3t-path";
const headers = { "X-Token": "s3cr3t-header" };

blockSuite({
  type: SignedWebhook,
  sample: { url, signingSecret: SIGNING_SECRET, headers, allowPrivateUrls: true },
  wire: { url, signing_secret: SIGNING_SECRET, headers, allow_private_urls: true },
});

notifierSuite({
  name: "SignedWebhook",
  create: async () => {
    const { block, messages, troubles, stop } = await startSignedReceiver();
    return {
      notifier: block,
      deliveries: async () =>
        messages().map(({ payload }) => Object.values(payload.data as Record<string, string>).join("\n")),
      breakDelivery: async () => void troubles.push({ status: 404, body: "Cannot POST /hooks/s3cr3t-path" }),
      throttleDelivery: async () => void troubles.push({ status: 429, headers: { "retry-after": "0.05" } }),
      stallDelivery: async () => void troubles.push("stall"),
      secrets: ["s3cr3t-path", SIGNING_SECRET],
      dispose: stop,
    };
  },
});
