/** What every `Notifier` does, whatever it notifies. */
import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Notifier } from "../notifiers/notifier.ts";

/** A notifier to test, with eyes on what it delivers to. */
export interface NotifierHarness {
  readonly notifier: Notifier;
  /** The text of every delivered message, oldest first, as its readers see it. */
  deliveries(): Promise<readonly string[]>;
  /** Makes deliveries fail for good from now on, if the harness can. */
  readonly breakDelivery?: (() => Promise<void>) | undefined;
  /** Makes the receiver refuse one message, as one too many at this moment, if the harness can. */
  readonly throttleDelivery?: (() => Promise<void>) | undefined;
  /** Makes the receiver take no notice from now on, neither yes nor no, if the harness can. */
  readonly stallDelivery?: (() => Promise<void>) | undefined;
  /** What no error may show: the tokens, passwords and URLs that the notifier was made with. */
  readonly secrets?: readonly string[] | undefined;
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

    it("delivers signs that mean something in markup as they are", async () => {
      const body = "if a < b && b > c: <!channel> &amp; 100%";
      await harness.notifier.notify({ body });
      expect(await harness.deliveries()).toEqual([expect.stringContaining(body)]);
    });

    it("delivers a long text, or as much of it as can be with a note of what is missing", async () => {
      const body = `Begin. ${"A line of a long report 🚕.\n".repeat(4_000)}The end.`;
      await harness.notifier.notify({ subject: "Report", body });
      const [delivery = "", ...others] = await harness.deliveries();
      expect(others).toEqual([]);
      expect(delivery).toContain("Begin. A line of a long report 🚕.");
      expect(delivery).toMatch(/The end\.|\[\d+ more characters\]/);
      // No half of a surrogate pair, nor what an encoder puts in its place.
      expect(delivery).not.toMatch(/\p{Cs}|\ufffd/u);
    });

    it("delivers a message once that was one too many at first", async ({ skip }) => {
      if (harness.throttleDelivery === undefined) return skip("this harness cannot throttle deliveries");
      await harness.throttleDelivery();
      await harness.notifier.notify({ body: "taken in the end" });
      expect(await harness.deliveries()).toEqual([expect.stringContaining("taken in the end")]);
    });

    it("delivers nothing and rejects with the reason when the signal has aborted", async () => {
      const reason = new Error("no longer wanted");
      const sending = harness.notifier.notify({ body: "too late" }, { signal: AbortSignal.abort(reason) });
      await expect(sending).rejects.toBe(reason);
      expect(await harness.deliveries()).toEqual([]);
    });

    it("rejects with the reason when the signal aborts while nobody answers", async ({ skip }) => {
      if (harness.stallDelivery === undefined) return skip("this harness cannot stall deliveries");
      await harness.stallDelivery();
      const controller = new AbortController();
      const sending = harness.notifier.notify({ body: "lost" }, { signal: controller.signal });
      const reason = new Error("no longer wanted");
      setTimeout(() => controller.abort(reason), SOON_MS);
      await expect(sending).rejects.toBe(reason);
    });

    it("rejects with a NotificationError when nobody answers in time", async ({ skip }) => {
      if (harness.stallDelivery === undefined) return skip("this harness cannot stall deliveries");
      await harness.stallDelivery();
      const sending = harness.notifier.notify({ body: "lost" }, { timeoutSeconds: SOON_MS / 1000 });
      const error = await failureOf(sending);
      expect(error).toMatchObject({ code: "NOTIFICATION", message: expect.stringContaining("within") });
      expectNoSecrets(error, harness);
    });

    it("rejects with a NotificationError when the message cannot be delivered", async ({ skip }) => {
      if (harness.breakDelivery === undefined) return skip("this harness cannot break deliveries");
      await harness.breakDelivery();
      const error = await failureOf(harness.notifier.notify({ body: "lost" }));
      expect(error).toMatchObject({ code: "NOTIFICATION" });
      expectNoSecrets(error, harness);
    });
  });
}

/** Long enough for a message to be on its way. */
const SOON_MS = 150;

function failureOf(sending: Promise<void>): Promise<unknown> {
  return sending.then(
    () => expect.unreachable("the message was delivered"),
    (error: unknown) => error,
  );
}

function expectNoSecrets(error: unknown, { secrets = [] }: NotifierHarness): void {
  const shown = inspect(error, { depth: Number.POSITIVE_INFINITY, showHidden: true });
  for (const secret of secrets) expect(shown).not.toContain(secret);
}
