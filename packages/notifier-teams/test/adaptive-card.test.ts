import { describe, expect, it } from "vitest";
import { cardMessage } from "../src/adaptive-card.ts";

const subject = "Hourly tips";

describe("a card", () => {
  it("has the subject as its title above the body, whose lines are apart", () => {
    const { attachments } = JSON.parse(cardMessage({ subject, body: "one\ntwo" }, true));
    expect(attachments[0].content.body).toEqual([
      { type: "TextBlock", text: subject, wrap: true, size: "Medium", weight: "Bolder" },
      { type: "TextBlock", text: "one\n\ntwo", wrap: true },
    ]);
  });

  it.each([
    ["the body is long", { subject, body: "🚕\n".repeat(20_000) }],
    ["the subject is long", { subject: '"'.repeat(50_000), body: "x".repeat(50_000) }],
  ])("is no larger than Teams takes when %s", (_, notification) => {
    const message = cardMessage(notification, true);
    expect(Buffer.byteLength(message)).toBeLessThanOrEqual(28_000);
    expect(Buffer.byteLength(message)).toBeGreaterThan(26_000);
    expect(message).toMatch(/\[\d+ more characters\]/);
  });
});
