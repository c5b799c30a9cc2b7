/** What stands in for PagerDuty: a receiver that keeps its limits. */
import { type Receiver, startReceiver } from "@sluice-internal/test-servers";
import { z } from "zod";
import { PagerDutyWebhook } from "../src/index.ts";

export const integrationKey = "R0-s3cr3t-routing-key";

const MAX_BYTES = 512_000;
const event = z.strictObject({
  routing_key: z.literal(integrationKey),
  event_action: z.literal("trigger"),
  dedup_key: z.string().max(255),
  client: z.string(),
  links: z.array(z.object({ href: z.string(), text: z.string() })).optional(),
  payload: z.strictObject({
    summary: z.string().min(1).max(1024),
    source: z.string().min(1),
    severity: z.enum(["info", "warning", "error", "critical"]),
    component: z.string().optional(),
    group: z.string().optional(),
    class: z.string().optional(),
    custom_details: z.record(z.string(), z.string()).optional(),
  }),
});

type Fields = ConstructorParameters<typeof PagerDutyWebhook>[0];

export interface PagerDutyPlace extends Receiver {
  readonly block: (more?: Partial<Fields>) => PagerDutyWebhook;
  /** @throws when an event is not as PagerDuty takes it. */
  events(): readonly z.output<typeof event>[];
}

export async function startPagerDuty(status = 202): Promise<PagerDutyPlace> {
  const receiver = await startReceiver({ status, body: '{"status": "success"}' });
  class LocalPagerDutyWebhook extends PagerDutyWebhook {
    protected override get eventsUrl(): string {
      return `${receiver.url}/v2/enqueue`;
    }
  }
  return {
    ...receiver,
    block: (more) => new LocalPagerDutyWebhook({ integrationKey, ...more }),
    events: () =>
      receiver.received.map(({ body }) => {
        if (Buffer.byteLength(body) > MAX_BYTES) throw new Error("The event is too large.");
        return event.parse(JSON.parse(body));
      }),
  };
}
