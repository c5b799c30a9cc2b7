import { blockSuite, notifierSuite } from "@sluice/core/testing";
import { DiscordWebhook } from "../src/index.ts";
import { fields, startDiscord } from "./discord-place.ts";

const avatarUrl = "https://example.org/taxi.png";
blockSuite({
  type: DiscordWebhook,
  sample: { ...fields, botname: "Taxi", avatarUrl, tts: true },
  wire: {
    webhook_id: fields.webhookId,
    webhook_token: fields.webhookToken,
    botname: "Taxi",
    avatar_url: avatarUrl,
    tts: true,
  },
});

notifierSuite({
  name: "DiscordWebhook",
  create: async () => {
    const { block, messages, troubles, stop } = await startDiscord();
    return {
      notifier: block(),
      deliveries: async () => messages().map(({ content }) => content),
      breakDelivery: async () => void troubles.push({ status: 404, body: '{"message": "Unknown Webhook"}' }),
      throttleDelivery: async () => void troubles.push({ status: 429, headers: { "retry-after": "0.05" } }),
      stallDelivery: async () => void troubles.push("stall"),
      secrets: [fields.webhookId, fields.webhookToken],
      dispose: stop,
    };
  },
});
