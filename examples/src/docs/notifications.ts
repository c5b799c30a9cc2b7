/** The code of notifications.md. */
import type { IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import { flow, notifyOn, runLogger } from "@sluice/core";
import { SignedWebhook } from "@sluice/notifier-webhook";
import { Webhook } from "standardwebhooks";

export async function saveNotifier(url: string, signingSecret: string): Promise<SignedWebhook> {
  // The receiver is in our own network; without allowPrivateUrls only the public internet is sent to.
  const operations = new SignedWebhook({ url, signingSecret, allowPrivateUrls: true });
  await operations.save("operations");
  await operations.notify({ subject: "Hourly tips", body: "42 generous trips" });
  return operations;
}

export const importTrips = flow(
  {
    name: "import-trips",
    onStateChange: notifyOn(["FAILED", "CRASHED"], "signed-webhook/operations", {
      subject: "{name} is {state}",
      template: "{run} for {parameters.day}: {message}",
    }),
  },
  async ({ day }: { day: string }) => {
    runLogger().info("Importing", { day });
    if (day === "sunday") throw new Error("nothing is driven on sundays");
    return day.length;
  },
);

/** In the server that receives the webhook; `standardwebhooks` is a library of the specification's authors. */
export async function verified(request: IncomingMessage, signingSecret: string): Promise<unknown> {
  const headers = request.headers as Record<string, string>;
  // Throws when the message was changed, is older than five minutes, or not from us.
  return new Webhook(signingSecret).verify(await text(request), headers);
}
