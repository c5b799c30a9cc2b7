import { blockSuite, notifierSuite } from "@sluice/core/testing";
import { PagerDutyWebhook } from "../src/index.ts";
import { integrationKey, startPagerDuty } from "./pager-duty-place.ts";

const shared = { source: "taxi", component: "tips", group: "trips" };
const customDetails = { diskSpaceLeft: "145GB" };
blockSuite({
  type: PagerDutyWebhook,
  sample: {
    ...{ integrationKey, apiKey: "s3cr3t-api-key", notifyType: "failure", ...shared },
    ...{ classId: "late", regionName: "eu", clickableUrl: "https://example.org/runs/1", customDetails },
  },
  wire: {
    ...{ integration_key: integrationKey, api_key: "s3cr3t-api-key", notify_type: "failure", ...shared },
    ...{ class_id: "late", region_name: "eu", clickable_url: "https://example.org/runs/1" },
    custom_details: customDetails,
  },
});

notifierSuite({
  name: "PagerDutyWebhook",
  create: async () => {
    const { block, events, troubles, stop } = await startPagerDuty();
    return {
      notifier: block({ apiKey: "s3cr3t-api-key" }),
      deliveries: async () =>
        events().map(({ payload }) => [payload.summary, payload.custom_details?.["body"] ?? ""].join("\n")),
      breakDelivery: async () => void troubles.push({ status: 400, body: `bad key ${integrationKey}` }),
      throttleDelivery: async () => void troubles.push({ status: 429, headers: { "retry-after": "0.05" } }),
      stallDelivery: async () => void troubles.push("stall"),
      secrets: [integrationKey, "s3cr3t-api-key"],
      dispose: stop,
    };
  },
});
