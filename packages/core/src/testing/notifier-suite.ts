/** What every `Notifier` does, whatever it notifies. */
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Notifier } from "../notifiers/notifier.ts";

/** A notifier to test, with eyes on what it delivers to. */
export interface NotifierHarness {
  readonly notifier: Notifier;
  /** The text of every delivered message, oldest first, in whatever form the notifier gives it. */
  deliveries(): Promise<readonly string[]>;
  /** Makes deliveries fail from now on, if the harness can. */
  readonly breakDelivery?: (() => Promise<void>) | undefined;
  readonly dispose?: (() => Promise<void>) | undefined;
}

export interface NotifierSuiteOptions {
  readonly name: string;
  /** A fresh notifier for each test. */
  readonly create: () => Promise<NotifierHarness>;
}

/** Registers the conformance tests of a notifier. */
export function notifierSuite({ name, create }: NotifierSuiteOptions): void {
  describe(`${name} as a notifier`, () => {
    let harness: NotifierHarness;

    beforeEach(async () => {
      harness = await create();
    });

    afterEach(async () => {
      await harness.dispose?.();
    });

    it("delivers a body without a subject", async () => {
      await harness.notifier.notify({ body: "42 generous trips" });
      expect(await harness.deliveries()).toEqual([expect.stringContaining("42 generous trips")]);
    });

    it("delivers the subject with the body", async () => {
      await harness.notifier.notify({ subject: "Hourly tips", body: "42 generous trips" });
      const [delivery, ...others] = await harness.deliveries();
      expect(others).toEqual([]);
      expect(delivery).toContain("Hourly tips");
      expect(delivery).toContain("42 generous trips");
    });

    it("keeps letters of all scripts and several lines", async () => {
      await harness.notifier.notify({ body: "Größe: 3 €\n東京 🚕" });
      const [delivery] = await harness.deliveries();
      for (const part of ["Größe: 3 €", "東京 🚕"]) expect(delivery).toContain(part);
    });

    it("delivers messages in the order they are sent", async () => {
      await harness.notifier.notify({ body: "first message" });
      await harness.notifier.notify({ body: "second message" });
      expect(await harness.deliveries()).toEqual([
        expect.stringContaining("first message"),
        expect.stringContaining("second message"),
      ]);
    });

    it("delivers every one of many messages sent at once", async () => {
      const bodies = Array.from({ length: 10 }, (_, index) => `message number ${index};`);
      await Promise.all(bodies.map((body) => harness.notifier.notify({ body })));
      const delivered = await harness.deliveries();
      for (const body of bodies) expect(delivered.filter((text) => text.includes(body))).toHaveLength(1);
    });

    it("delivers nothing and rejects with the reason when the signal has aborted", async () => {
      const reason = new Error("no longer wanted");
      const sending = harness.notifier.notify({ body: "too late" }, { signal: AbortSignal.abort(reason) });
      await expect(sending).rejects.toBe(reason);
      expect(await harness.deliveries()).toEqual([]);
    });

    it("rejects with a NotificationError when the message cannot be delivered", async ({ skip }) => {
      if (harness.breakDelivery === undefined) return skip("this harness cannot break deliveries");
      await harness.breakDelivery();
      const sending = harness.notifier.notify({ body: "lost" });
      await expect(sending).rejects.toMatchObject({ code: "NOTIFICATION" });
    });
  });
}
