import { expect, it } from "vitest";
import { MemoryNotifier } from "../../src/notifiers/memory-notifier.ts";
import { notificationText } from "../../src/notifiers/notification-text.ts";
import { notifierSuite } from "../../src/testing/notifier-suite.ts";

notifierSuite({
  name: "MemoryNotifier",
  create: async () => {
    const notifier = new MemoryNotifier();
    return { notifier, deliveries: async () => notifier.messages.map(notificationText) };
  },
});

it("keeps messages as they are sent", async () => {
  const notifier = new MemoryNotifier();
  await notifier.notify({ subject: "Tips", body: "42 trips" });
  expect(notifier.messages).toEqual([{ subject: "Tips", body: "42 trips" }]);
});
