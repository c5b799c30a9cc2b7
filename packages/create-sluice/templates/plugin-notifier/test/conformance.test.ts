import { blockSuite, notifierSuite } from "@sluice/core/testing";
import { AcmeNotifier } from "../src/index.ts";
import { startReceiver } from "./receiver.ts";

const token = "tok-12345678";

blockSuite({ type: AcmeNotifier, sample: { url: "https://acme.example/messages", token } });

notifierSuite({
  name: "AcmeNotifier",
  create: async () => {
    const { url, bodies, troubles, stop } = await startReceiver();
    return {
      notifier: new AcmeNotifier({ url, token }),
      deliveries: async () => bodies.map((body) => Object.values(JSON.parse(body)).join("\n")),
      breakDelivery: async () => void troubles.push(404),
      throttleDelivery: async () => void troubles.push(429),
      stallDelivery: async () => void troubles.push("no answer"),
      secrets: [token],
      dispose: stop,
    };
  },
});
