import { Writable } from "node:stream";
import { expect, it } from "vitest";
import { TerminalNotifier } from "../../src/notifiers/terminal-notifier.ts";
import { notifierSuite } from "../../src/testing/notifier-suite.ts";

notifierSuite({
  name: "TerminalNotifier",
  create: async () => {
    const written: string[] = [];
    let failure: Error | undefined;
    let isStalled = false;
    const stream = new Writable({
      write(chunk: Buffer, _encoding, done) {
        if (isStalled) return;
        if (failure === undefined) written.push(chunk.toString());
        done(failure);
      },
    });
    return {
      notifier: new TerminalNotifier({ stream }),
      deliveries: async () => written,
      breakDelivery: async () => {
        failure = new Error("write EPIPE");
      },
      stallDelivery: async () => {
        isStalled = true;
      },
    };
  },
});

it("leaves no listeners on its stream", async () => {
  const stream = new Writable({ write: (_chunk, _encoding, done) => done() });
  const notifier = new TerminalNotifier({ stream });
  await Promise.all(Array.from({ length: 20 }, () => notifier.notify({ body: "x" })));
  expect(stream.listenerCount("error")).toBe(0);
});
