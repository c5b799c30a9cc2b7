/** Notifications by Acme. */
import { deliverOverHttp, type Notification, type Notifier, type NotifyOptions } from "@sluice/core";
import { Block, secret } from "@sluice/core/blocks";
import { z } from "zod";

/** Posts messages as JSON. `deliverOverHttp` sees to time limits, aborts, busy receivers and errors that say what to do. */
export class AcmeNotifier
  extends Block.define({
    slug: "acme-notifier",
    name: "Acme Notifier",
    description: "Tells people something by Acme.",
    schema: z.object({
      url: z.url({ protocol: /^https?$/ }).describe("Where messages are posted to."),
      token: secret(z.string().min(8)),
    }),
    capabilities: ["notify"],
  })
  implements Notifier
{
  async notify({ subject, body }: Notification, options?: NotifyOptions): Promise<void> {
    const headers = (): Record<string, string> => ({
      "content-type": "application/json",
      authorization: `Bearer ${this.token.reveal()}`,
    });
    await deliverOverHttp(this, { url: this.url, headers, body: JSON.stringify({ subject, body }) }, options);
  }
}
