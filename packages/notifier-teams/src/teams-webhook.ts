/** Notifies a channel or chat of Microsoft Teams. */
import { deliverOverHttp, type Notification, type Notifier, type NotifyOptions } from "@sluice/core";
import { Block, secret } from "@sluice/core/blocks";
import { z } from "zod";
import { cardMessage } from "./adaptive-card.ts";

/**
 * A webhook of a Workflow ("Post to a channel when a webhook request is received"). The same block type as Prefect's.
 *
 * ```ts
 * const team = new TeamsWebhook({ url: "https://prod-1.westeurope.logic.azure.com/workflows/…" });
 * await team.notify({ subject: "Hourly tips", body: "42 generous trips" });
 * ```
 */
export class TeamsWebhook
  extends Block.define({
    slug: "ms-teams-webhook",
    name: "Microsoft Teams Webhook",
    description: "Notifies a channel or chat of Microsoft Teams through a Workflow.",
    schema: z.object({
      url: secret(z.url({ protocol: /^https?$/ })).describe("Of a Workflow that posts what it is sent."),
      wrap: z.boolean().default(true).describe("Whether long lines are wrapped, rather than cut."),
      allowPrivateUrls: z
        .boolean()
        .default(true)
        .describe("Whether addresses of private networks may be sent to."),
    }),
    capabilities: ["notify"],
  })
  implements Notifier
{
  async notify(message: Notification, options?: NotifyOptions): Promise<void> {
    const { allowPrivateUrls, wrap } = this;
    const headers = (): Record<string, string> => ({ "content-type": "application/json" });
    const delivery = { url: this.url.reveal(), headers, body: cardMessage(message, wrap), allowPrivateUrls };
    await deliverOverHttp(this, delivery, options);
  }
}
