import { blockSuite, notifierSuite } from "@sluice/core/testing";
import { startReceiver } from "@sluice-internal/test-servers";
import { TeamsWebhook } from "../src/index.ts";
import { shownText } from "./shown-text.ts";

const url = "https://prod-1.logic.azure.com/workflows/1/triggers/manual/paths/invoke?sig=s3cr3t-signature";
blockSuite({
  type: TeamsWebhook,
  sample: { url, wrap: false, allowPrivateUrls: false },
  wire: { url, wrap: false, allow_private_urls: false },
});

notifierSuite({
  name: "TeamsWebhook",
  create: async () => {
    const { url: origin, received, troubles, stop } = await startReceiver({ status: 202 });
    return {
      notifier: new TeamsWebhook({ url: `${origin}/workflows/1?sig=s3cr3t-signature` }),
      deliveries: async () => received.map(({ body }) => shownText(body)),
      breakDelivery: async () =>
        void troubles.push({ status: 404, body: "no /workflows/1?sig=s3cr3t-signature" }),
      throttleDelivery: async () => void troubles.push({ status: 429, headers: { "retry-after": "0.05" } }),
      stallDelivery: async () => void troubles.push("stall"),
      secrets: ["s3cr3t-signature"],
      dispose: stop,
    };
  },
});
