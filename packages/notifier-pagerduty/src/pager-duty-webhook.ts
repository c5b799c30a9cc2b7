/** Alerts whoever is on call. */
import { randomUUID } from "node:crypto";
import {
  deliverOverHttp,
  type Notification,
  type Notifier,
  type NotifyOptions,
  shortenText,
} from "@sluice/core";
import { Block, secret } from "@sluice/core/blocks";
import { z } from "zod";

const EVENTS_URLS = {
  us: "https://events.pagerduty.com/v2/enqueue",
  eu: "https://events.eu.pagerduty.com/v2/enqueue",
} as const;

const SEVERITIES = { info: "info", success: "info", warning: "warning", failure: "critical" } as const;

const MAX_SUMMARY_LENGTH = 1024;
/** PagerDuty takes events of 512 KB; the rest is for the other fields. */
const MAX_BODY_BYTES = 400_000;

/**
 * Triggers an incident through PagerDuty's Events API, version 2. The same block type as Prefect's.
 *
 * ```ts
 * const onCall = new PagerDutyWebhook({ integrationKey: "R0…", notifyType: "failure" });
 * await onCall.notify({ subject: "Hourly tips failed", body: "No trips since 3 o'clock" });
 * ```
 */
export class PagerDutyWebhook
  extends Block.define({
    slug: "pager-duty-webhook",
    name: "Pager Duty Webhook",
    description: "Triggers incidents through PagerDuty's Events API.",
    schema: z.object({
      integrationKey: secret(z.string().min(1)).describe("Of an Events API V2 integration; a routing key."),
      apiKey: secret(z.string().min(1))
        .optional()
        .describe("Sent with each event if there is one. PagerDuty needs the integration key only."),
      notifyType: z
        .enum(["info", "success", "warning", "failure"])
        .default("info")
        .describe("Severity: info, success (info), warning or failure (critical)."),
      source: z.string().min(1).default("Sluice").describe("What is affected."),
      component: z.string().default("Notification"),
      group: z.string().optional(),
      classId: z.string().optional().describe("The class of the event."),
      regionName: z.enum(["us", "eu"]).default("us"),
      clickableUrl: z.url().optional().describe("A link in the incident."),
      customDetails: z.record(z.string(), z.string()).optional(),
    }),
    capabilities: ["notify"],
  })
  implements Notifier
{
  /** Where events go; to be overridden for a server that is like PagerDuty's. */
  protected get eventsUrl(): string {
    return EVENTS_URLS[this.regionName];
  }

  /**
   * The subject is the incident's summary, and the body among its details; without a subject, the body is the summary.
   * Each notification is an incident of its own.
   */
  async notify(message: Notification, options?: NotifyOptions): Promise<void> {
    const headers = (): Record<string, string> => ({
      "content-type": "application/json",
      ...(this.apiKey !== undefined && { authorization: `Token token=${this.apiKey.reveal()}` }),
    });
    const body = JSON.stringify(this.#event(message));
    // PagerDuty knows an event that it gets twice by its key.
    await deliverOverHttp(this, { url: this.eventsUrl, headers, body, isRepeatable: true }, options);
  }

  #event({ subject, body }: Notification): object {
    const summary = shortenText(subject ?? body, MAX_SUMMARY_LENGTH);
    const isWhole = summary === body;
    const details = {
      ...this.customDetails,
      ...(!isWhole && { body: shortenText(body, MAX_BODY_BYTES, jsonBytes) }),
    };
    const { clickableUrl } = this;
    return {
      routing_key: this.integrationKey.reveal(),
      event_action: "trigger",
      dedup_key: randomUUID(),
      client: "Sluice",
      ...(clickableUrl !== undefined && { links: [{ href: clickableUrl, text: clickableUrl }] }),
      payload: {
        summary,
        source: this.source,
        severity: SEVERITIES[this.notifyType],
        ...{ component: this.component, group: this.group, class: this.classId },
        ...(Object.keys(details).length > 0 && { custom_details: details }),
      },
    };
  }
}

function jsonBytes(text: string): number {
  return Buffer.byteLength(JSON.stringify(text));
}
