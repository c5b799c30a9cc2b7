// What no API shows: clients of old versions, and slots that were lost at the wrong moment.
import { newId } from "@sluice/protocol";
import { describe, expect, it } from "vitest";
import { enforceConcurrencyOnLate } from "../../src/rules/enforce-concurrency-on-late.ts";
import { keepConcurrencySlot } from "../../src/rules/keep-concurrency-slot.ts";
import { secureConcurrencySlot } from "../../src/rules/secure-concurrency-slot.ts";
import { enterFlowRunState } from "../../src/transition.ts";
import { ACCEPT, type DeploymentConcurrency, type FlowRunContext } from "../../src/verdict.ts";
import { contextOf, flowRun, proposed } from "../flow-run-fixture.ts";

const LEASE = newId();
const FREE: DeploymentConcurrency = {
  limit: 2,
  freeSlots: 1,
  holdsSlot: false,
  collisionStrategy: "ENQUEUE",
  graceSeconds: 90,
};
const FULL = { ...FREE, freeSlots: 0 };
const HELD = { ...FULL, holdsSlot: true };

const scheduled = flowRun(proposed("SCHEDULED"));
const holder = flowRun(proposed("PENDING", { state_details: { deployment_concurrency_lease_id: LEASE } }));

function context(
  run: typeof scheduled,
  concurrency: DeploymentConcurrency | undefined,
  clientVersion?: string,
): FlowRunContext {
  return { ...contextOf(run), concurrency, clientVersion };
}

describe("securing a slot", () => {
  const pending = proposed("PENDING");

  it("takes one for the grace period of the deployment", () => {
    expect(secureConcurrencySlot(pending, context(scheduled, FREE))).toMatchObject({
      type: "accept",
      slot: { type: "take", leaseSeconds: 90 },
    });
  });

  it("takes none without a limit, and no second one", () => {
    expect(secureConcurrencySlot(pending, context(scheduled, undefined))).toBe(ACCEPT);
    expect(secureConcurrencySlot(pending, context(scheduled, HELD))).toBe(ACCEPT);
    expect(secureConcurrencySlot(pending, context(holder, FREE))).toBe(ACCEPT);
  });

  it.each(["3.0.0rc20", "3.0.0", "3.0.3"])("leaves it to workers of version %s", (version) => {
    expect(secureConcurrencySlot(pending, context(scheduled, FULL, version))).toBe(ACCEPT);
  });

  it("does not leave it to workers of later versions", () => {
    expect(secureConcurrencySlot(pending, context(scheduled, FULL, "3.0.4"))).toMatchObject({
      type: "reject",
      state: { type: "SCHEDULED", name: "AwaitingConcurrencySlot" },
    });
  });

  it("aborts where the limit is 0", () => {
    expect(secureConcurrencySlot(pending, context(scheduled, { ...FULL, limit: 0 }))).toMatchObject({
      type: "abort",
    });
  });
});

describe("keeping a slot", () => {
  const running = proposed("RUNNING");

  it.each(["3.4.11", "3.4.11.dev2", "3.8.4.dev6", "4.0.0"])(
    "renews the lease of a client of version %s",
    (version) => {
      expect(keepConcurrencySlot(running, context(holder, HELD, version))).toEqual({
        type: "accept",
        slot: { type: "keep", leaseSeconds: 90 },
      });
    },
  );

  it.each(["3.4.10", "2.20.3", undefined])(
    "keeps it until the run leaves it for a client of version %s",
    (version) => {
      const kept = { type: "accept", slot: { type: "keep", leaseSeconds: null } };
      expect(keepConcurrencySlot(running, context(holder, HELD, version))).toEqual(kept);
      expect(keepConcurrencySlot(proposed("CANCELLING"), context(holder, HELD, version))).toEqual(kept);
    },
  );

  it("lets a client that renews lose it while its run is cancelled", () => {
    expect(keepConcurrencySlot(proposed("CANCELLING"), context(holder, HELD, "3.8.4"))).toBe(ACCEPT);
  });

  it("takes another one where it was lost and one is free", () => {
    expect(keepConcurrencySlot(running, context(holder, FREE, "3.8.4"))).toMatchObject({
      slot: { type: "take", leaseSeconds: 90 },
    });
  });

  it("cancels a run that lost it while none is free, if its client knows of leases", () => {
    expect(keepConcurrencySlot(running, context(holder, FULL, "3.8.4"))).toMatchObject({
      type: "reject",
      state: { type: "CANCELLED" },
    });
    expect(keepConcurrencySlot(running, context(holder, FULL, "3.4.10"))).toBe(ACCEPT);
  });

  it("has nothing to do with runs that never had one", () => {
    expect(keepConcurrencySlot(running, context(flowRun(proposed("PENDING")), FULL, "3.8.4"))).toBe(ACCEPT);
    expect(keepConcurrencySlot(running, context(scheduled, FULL, "3.8.4"))).toBe(ACCEPT);
  });
});

describe("marking late", () => {
  const late = proposed("SCHEDULED", { name: "Late" });

  it("cancels where new runs are cancelled and no slot is free", () => {
    const cancelNew = { ...FULL, collisionStrategy: "CANCEL_NEW" } as const;
    expect(enforceConcurrencyOnLate(late, context(scheduled, cancelNew))).toMatchObject({
      type: "reject",
      state: { type: "CANCELLED", message: "Deployment concurrency limit reached." },
    });
    expect(enforceConcurrencyOnLate(late, context(scheduled, { ...cancelNew, freeSlots: 1 }))).toBe(ACCEPT);
  });

  it("lets runs wait elsewhere", () => {
    expect(enforceConcurrencyOnLate(late, context(scheduled, FULL))).toBe(ACCEPT);
    expect(enforceConcurrencyOnLate(late, context(scheduled, undefined))).toBe(ACCEPT);
  });
});

describe("the lease of a slot", () => {
  const leaseAfter = (run: typeof holder, type: Parameters<typeof proposed>[0], taken?: string) => {
    const context = { ...contextOf(run), takenLeaseId: taken };
    return enterFlowRunState(run, proposed(type), context).state.state_details
      .deployment_concurrency_lease_id;
  };

  it.each(["PENDING", "RUNNING", "CANCELLING"] as const)("goes along to %s", (type) => {
    expect(leaseAfter(holder, type)).toBe(LEASE);
  });

  it.each(["SCHEDULED", "PAUSED", "COMPLETED", "FAILED", "CRASHED", "CANCELLED"] as const)(
    "does not go along to %s",
    (type) => {
      expect(leaseAfter(holder, type)).toBeNull();
    },
  );

  it("goes along to the wait of a run for its next attempt in the same process", () => {
    const empirical_policy = { ...holder.empirical_policy, retry_type: "in_process" as const };
    expect(leaseAfter({ ...holder, empirical_policy }, "SCHEDULED")).toBe(LEASE);
  });

  it("is the one that was taken on the way", () => {
    const taken = newId();
    expect(leaseAfter(holder, "RUNNING", taken)).toBe(taken);
  });

  it("is never one that the client says", () => {
    const claim = proposed("RUNNING", { state_details: { deployment_concurrency_lease_id: newId() } });
    const { state } = enterFlowRunState(holder, claim, contextOf(holder));
    expect(state.state_details.deployment_concurrency_lease_id).toBe(LEASE);
  });
});
