import { describe, expect, it, onTestFinished } from "vitest";
import { PagerDutyWebhook } from "../src/index.ts";
import { integrationKey, type PagerDutyPlace, startPagerDuty } from "./pager-duty-place.ts";

describe("a PagerDuty webhook", () => {
  it("triggers an incident with the subject as its summary and the body in its details", async () => {
    const { block, events, received } = await pagerDuty();
    const clickableUrl = "https://example.org/runs/1";
    await block({
      ...{ notifyType: "failure", source: "taxi", group: "trips", classId: "late", clickableUrl },
      ...{ apiKey: "s3cr3t-api-key", customDetails: { disk: "full" } },
    }).notify({ subject: "Tips failed", body: "No trips" });
    expect(events()).toMatchObject([
      {
        links: [{ href: clickableUrl }],
        payload: {
          ...{ summary: "Tips failed", source: "taxi", severity: "critical", group: "trips", class: "late" },
          ...{ component: "Notification", custom_details: { disk: "full", body: "No trips" } },
        },
      },
    ]);
    expect(received[0]?.headers.authorization).toBe("Token token=s3cr3t-api-key");
  });

  it("needs the integration key only", async () => {
    const { block, events, received } = await pagerDuty();
    await block().notify({ body: "No trips" });
    expect(events()[0]?.payload).toEqual({
      ...{ summary: "No trips", source: "Sluice", severity: "info", component: "Notification" },
    });
    expect(received[0]?.headers.authorization).toBeUndefined();
  });

  it("has a long body in the details, besides its beginning in the summary", async () => {
    const { block, events } = await pagerDuty();
    const body = "x".repeat(2000);
    await block().notify({ body });
    expect(events()[0]?.payload).toMatchObject({
      summary: expect.stringMatching(/^x+… \[\d+ more characters\]$/),
      custom_details: { body },
    });
  });

  it("keeps to the size that PagerDuty takes", async () => {
    const { block, events } = await pagerDuty();
    await block().notify({ subject: "s".repeat(10_000), body: "\u0001🚕".repeat(300_000) });
    expect(events()).toHaveLength(1);
  });

  it("triggers one incident when an event is sent again, and two for two notifications", async () => {
    const { block, events } = await pagerDuty(500);
    const failing = block().notify({ body: "No trips" }, { timeoutSeconds: 2.5 });
    await expect(failing).rejects.toThrow("answered 500");
    await expect(block().notify({ body: "No trips" }, { timeoutSeconds: 0.9 })).rejects.toThrow(
      "answered 500",
    );
    const keys = events().map(({ dedup_key }) => dedup_key);
    expect(keys).toEqual([keys[0], keys[0], expect.not.stringMatching(`^${keys[0]}$`)]);
  });

  it.each([
    ["us", "https://events.pagerduty.com/v2/enqueue"],
    ["eu", "https://events.eu.pagerduty.com/v2/enqueue"],
  ] as const)("of the region %s sends to %s", (regionName, url) => {
    class Shown extends PagerDutyWebhook {
      shownUrl(): string {
        return this.eventsUrl;
      }
    }
    expect(new Shown({ integrationKey, regionName }).shownUrl()).toBe(url);
  });
});

async function pagerDuty(status?: number): Promise<PagerDutyPlace> {
  const place = await startPagerDuty(status);
  onTestFinished(() => place.stop());
  return place;
}
