import type { Event } from "@sluice/protocol";
import { expect, it } from "vitest";
import { mayFreeSlot } from "../../src/services/may-free-slot.ts";

const DEPLOYMENT = { "prefect.resource.id": "prefect.deployment.1", "prefect.resource.role": "deployment" };

it.each([
  ["a run of a deployment that ended", flowRunEvent("COMPLETED", [DEPLOYMENT]), true],
  ["a run of a deployment that crashed", flowRunEvent("CRASHED", [DEPLOYMENT]), true],
  ["a run of a deployment that was suspended", flowRunEvent("PAUSED", [DEPLOYMENT]), true],
  ["a run of a deployment that began", flowRunEvent("RUNNING", [DEPLOYMENT]), false],
  ["a run by itself that ended", flowRunEvent("COMPLETED", []), false],
  [
    "a limit that changed",
    { ...flowRunEvent(undefined, []), event: "prefect.concurrency-limit.updated" },
    true,
  ],
  ["an event of a user", { ...flowRunEvent("COMPLETED", [DEPLOYMENT]), event: "mine" }, false],
])("tells whether %s may free a slot", (_what, event, expected) => {
  expect(mayFreeSlot(event)).toBe(expected);
});

function flowRunEvent(stateType: string | undefined, related: Event["related"]): Event {
  return {
    id: "01a1f95f-4b1b-7000-8000-86d5a5e33645",
    occurred: "2026-01-01T00:00:00.000000Z",
    received: "2026-01-01T00:00:00.000000Z",
    event: "prefect.flow-run.State",
    resource: {
      "prefect.resource.id": "prefect.flow-run.1",
      ...(stateType !== undefined && { "prefect.state-type": stateType }),
    },
    related,
    payload: {},
    follows: null,
  };
}
