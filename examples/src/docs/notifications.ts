/** The code of notifications.md. */
import { createServer, type Server } from "node:http";
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

/** What receives the webhook; `standardwebhooks` is a library of the specification's authors. */
export function receiver(signingSecret: string, take: (payload: unknown) => void): Server {
  const webhook = new Webhook(signingSecret);
  return createServer(async (request, response) => {
    try {
      take(webhook.verify(await text(request), request.headers as Record<string, string>));
      response.writeHead(204).end();
    } catch {
      response.writeHead(401).end(); // changed, older than five minutes, or not ours
    }
  });
}
