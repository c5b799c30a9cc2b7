import { blockSuite, notifierSuite } from "@sluice/core/testing";
import { SlackCredentials } from "@sluice/credentials-slack";
import { SlackBot, SlackWebhook } from "../src/index.ts";
import { shown, startSlack, TOKEN } from "./slack-place.ts";

const url = "https://hooks.slack.com/services/T0/B0/s3cr3t-path";
blockSuite({
  type: SlackWebhook,
  sample: { url, allowPrivateUrls: false },
  wire: { url, allow_private_urls: false },
});
blockSuite({
  type: SlackBot,
  sample: { credentials: new SlackCredentials({ token: TOKEN }), channel: "#reports" },
  wire: { credentials: { token: TOKEN }, channel: "#reports" },
});

for (const [name, kind, channel] of [
  ["SlackWebhook", "webhook", "general"],
  ["SlackBot", "bot", "reports"],
] as const) {
  notifierSuite({
    name,
    create: async () => {
      const { [kind]: notifier, messages, proxy, stop } = await startSlack();
      return {
        notifier,
        deliveries: async () => (await messages(channel)).map(({ text }) => shown(text)),
        breakDelivery: async () => void proxy.troubles.push({ status: 404, body: "no_service" }),
        throttleDelivery: async () =>
          void proxy.troubles.push({ status: 429, headers: { "retry-after": "0" } }),
        stallDelivery: async () => void proxy.troubles.push("stall"),
        secrets: [TOKEN, "s3cr3t-path"],
        dispose: stop,
      };
    },
  });
}
