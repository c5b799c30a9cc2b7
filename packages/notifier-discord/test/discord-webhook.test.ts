import { describe, expect, it, onTestFinished } from "vitest";
import { DiscordWebhook } from "../src/index.ts";
import { fields, startDiscord } from "./discord-place.ts";

describe("a Discord webhook", () => {
  it("posts to the webhook, and waits until it is known whether the message is in order", async () => {
    const { block, received } = await discord();
    await block().notify({ body: "42" });
    expect(received[0]?.path).toBe(`/api/webhooks/${fields.webhookId}/${fields.webhookToken}?wait=true`);
  });

  it("sends the subject in bold, as the bot that the block names", async () => {
    const { block, messages } = await discord();
    const avatarUrl = "https://example.org/taxi.png";
    await block({ botname: "Taxi", avatarUrl, tts: true }).notify({ subject: "Tips", body: "@everyone 42" });
    expect(messages()).toEqual([
      {
        content: "**Tips**\n@everyone 42",
        ...{ username: "Taxi", avatar_url: avatarUrl, tts: true },
        allowed_mentions: { parse: [] },
      },
    ]);
  });

  it("keeps to the length of Discord, whatever is long", async () => {
    const { block, messages } = await discord();
    await block().notify({ subject: "s".repeat(5000), body: "b".repeat(5000) });
    expect(messages()[0]?.content.length).toBeGreaterThan(1980);
  });

  it("says what Discord says", async () => {
    const { block, troubles } = await discord();
    troubles.push({ status: 404, body: '{"message": "Unknown Webhook", "code": 10015}' });
    await expect(block().notify({ body: "42" })).rejects.toThrow(
      /answered 404 \(.*Unknown Webhook.*\)\. See whether/,
    );
  });

  it.each([
    ["webhookId", "https://discord.com/api/webhooks/1"],
    ["webhookToken", "a/../b"],
  ])("takes no %s that would lead elsewhere", (name, value) => {
    expect(() => new DiscordWebhook({ ...fields, [name]: value })).toThrow(`${name}: expected the`);
  });
});

async function discord(): ReturnType<typeof startDiscord> {
  const place = await startDiscord();
  onTestFinished(() => place.stop());
  return place;
}
