import { describe, expect, it } from "vitest";
import { notificationText, shortenText } from "../../src/notifiers/notification-text.ts";

describe("the text of a notification", () => {
  it("has the subject above the body", () => {
    expect(notificationText({ subject: "Tips", body: "42 trips" })).toBe("Tips\n42 trips");
    expect(notificationText({ body: "42 trips" })).toBe("42 trips");
  });
});

describe("a shortened text", () => {
  it("is the text itself when it fits", () => {
    expect(shortenText("x".repeat(50), 50)).toBe("x".repeat(50));
  });

  it("is as long as may be, and says how much is missing", () => {
    const short = shortenText("x".repeat(1000), 50);
    expect(short).toMatch(/^x+… \[\d+ more characters\]$/);
    expect(short).toHaveLength(50);
    expect(short.match(/x/g)?.length).toBe(1000 - Number(/\d+/.exec(short)?.[0]));
  });

  it("is measured as the caller measures", () => {
    const bytes = (text: string): number => Buffer.byteLength(text);
    const short = shortenText("🚕".repeat(1000), 100, bytes);
    expect(bytes(short)).toBeGreaterThan(95);
    expect(bytes(short)).toBeLessThanOrEqual(100);
  });

  it.each([37, 38, 39, 40])("has no half characters, however long it is: %i", (max) => {
    expect(shortenText("🚕".repeat(1000), max)).not.toMatch(/\p{Cs}/u);
  });
});
