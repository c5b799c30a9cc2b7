import { isTerminalStateType, newId, STATE_TYPES } from "@sluice/protocol";
import { describe, expect, it } from "vitest";
import { decide } from "../src/decide.ts";
import { coreFlowPolicy, minimalFlowPolicy } from "../src/policies.ts";
import type { StoredFlowRun } from "../src/stored-nouns.ts";
import { enterFlowRunState } from "../src/transition.ts";
import type { FlowRunRule, ProposedState } from "../src/verdict.ts";
import { contextOf, flowRun, NOW, proposed } from "./flow-run-fixture.ts";

/** A generator of numbers from 0 to 1 that gives the same ones for the same seed (mulberry32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

function pick<T>(next: () => number, items: readonly T[]): T {
  return items[Math.floor(next() * items.length)] as T;
}

function randomProposal(next: () => number): ProposedState {
  const type = pick(next, STATE_TYPES);
  return proposed(type, {
    ...(next() < 0.3 && {
      name: pick(next, ["Late", "Submitting", "Suspended", "Resuming", "AwaitingRetry"]),
    }),
    data: pick(next, [null, { type: "unpersisted" }, { storage_key: "k" }]),
    state_details: {
      pause_key: pick(next, [null, "1", "2"]),
      pause_reschedule: next() < 0.3,
      pause_timeout: pick(next, [null, "2020-01-01T00:00:00Z", "2030-01-01T00:00:00Z"]),
      scheduled_time: pick(next, [null, "2020-01-01T00:00:00Z", "2030-01-01T00:00:00Z"]),
      transition_id: next() < 0.3 ? "6f2a4b6e-0000-4000-8000-000000000001" : null,
    },
  });
}

function randomRun(next: () => number): StoredFlowRun {
  return flowRun(next() < 0.05 ? null : randomProposal(next), {
    deployment_id: next() < 0.5 ? newId() : null,
    infrastructure_pid: next() < 0.3 ? "host:1" : null,
    parent_task_run_id: next() < 0.3 ? newId() : null,
    run_count: Math.floor(next() * 4),
    empirical_policy: {
      max_retries: 0,
      retry_delay_seconds: 0,
      pause_keys: next() < 0.3 ? ["1"] : [],
      retries: pick(next, [null, 0, 1, 3]),
      retry_delay: pick(next, [null, 0, 10, [1, 2]]),
      resuming: next() < 0.2,
    },
  });
}

/** Many questions for a policy, the same at every run of the tests. */
function* questions(count: number): Generator<{ run: StoredFlowRun; proposal: ProposedState }> {
  const next = random(20_260_304);
  for (let index = 0; index < count; index += 1)
    yield { run: randomRun(next), proposal: randomProposal(next) };
}

function freezeDeeply<T>(value: T): T {
  if (typeof value === "object" && value !== null) Object.values(Object.freeze(value)).forEach(freezeDeeply);
  return value;
}

describe.each([
  ["core", coreFlowPolicy],
  ["minimal", minimalFlowPolicy],
] as const)("the %s flow policy, whatever is proposed for whatever run", (_name, policy) => {
  it("changes nothing it is given, and answers the same twice", () => {
    const id = newId();
    for (const { run, proposal } of questions(3000)) {
      const context = { ...contextOf(freezeDeeply(run)), newId: () => id };
      expect(decide(policy, freezeDeeply(proposal), context)).toEqual(decide(policy, proposal, context));
    }
  });

  it("accepts no other type of state than the one proposed", () => {
    for (const { run, proposal } of questions(3000)) {
      const decision = decide(policy, proposal, contextOf(run));
      if (decision.type === "accept") expect(decision.state.type).toBe(proposal.type);
    }
  });

  it("never loses a persisted result by another completion without one", () => {
    for (const { run, proposal } of questions(3000)) {
      const current = run.state?.data;
      const isKept = typeof current === "object" && current !== null && "storage_key" in current;
      if (run.state?.type !== "COMPLETED" || !isKept || proposal.type !== "COMPLETED") continue;
      const decision = decide(policy, proposal, contextOf(run));
      if (decision.type === "accept") expect(decision.state.data).toEqual({ storage_key: "k" });
    }
  });

  it("leads to books that add up", () => {
    for (const { run, proposal } of questions(3000)) {
      const decision = decide(policy, proposal, contextOf(run));
      if ((decision.type !== "accept" && decision.type !== "reject") || decision.state === null) continue;
      const { state, changes } = enterFlowRunState(
        { ...run, ...decision.run },
        decision.state,
        contextOf(run),
      );
      const after = { ...run, ...decision.run, ...changes };
      expect(after).toMatchObject({
        state,
        state_id: state.id,
        state_type: state.type,
        state_name: state.name,
      });
      expect(state.timestamp > (run.state?.timestamp ?? "")).toBe(true);
      expect(after.end_time !== null).toBe(isTerminalStateType(state.type));
      expect(after.next_scheduled_start_time !== null).toBe(state.type === "SCHEDULED");
      expect(after.run_count - run.run_count).toBeLessThanOrEqual(state.type === "RUNNING" ? 1 : 0);
      expect(after.total_run_time).toBe(run.state?.type === "RUNNING" ? 1 : 0);
      expect(after.expected_start_time).not.toBeNull();
    }
  });
});

describe("the core flow policy, whatever is proposed for whatever run", () => {
  it("lets a run that is being cancelled become nothing but cancelled", () => {
    for (const { run, proposal } of questions(3000)) {
      if (run.state?.type !== "CANCELLING") continue;
      const decision = decide(coreFlowPolicy, proposal, contextOf(run));
      expect(decision.type === "accept").toBe(
        proposal.type === "CANCELLED" &&
          (proposal.state_details.transition_id === null ||
            proposal.state_details.transition_id !== run.state.state_details.transition_id),
      );
    }
  });

  it("never lets a run fail that has retries left", () => {
    for (const { run, proposal } of questions(3000)) {
      const retries = run.empirical_policy.retries ?? 0;
      if (run.state?.type !== "RUNNING" || proposal.type !== "FAILED" || retries === 0) continue;
      const decision = decide(coreFlowPolicy, proposal, contextOf(run));
      if (decision.type === "accept") expect(run.run_count).toBeGreaterThan(retries);
    }
  });
});

describe("deciding", () => {
  it("shows each rule what those before it amended, and voids that when one objects", () => {
    const seen: unknown[] = [];
    const rename: FlowRunRule = (proposal) => ({ type: "accept", state: { ...proposal, name: "Renamed" } });
    const retype: FlowRunRule = (_proposal, { run }) => ({
      type: "accept",
      run: { empirical_policy: { ...run.empirical_policy, pause_keys: ["1"] } },
    });
    const observe: FlowRunRule = (proposal, { run }) => {
      seen.push(proposal.name, run.empirical_policy.pause_keys);
      return { type: "accept" };
    };
    const object: FlowRunRule = () => ({ type: "abort", reason: "no" });
    const context = contextOf(flowRun(proposed("PENDING")));
    const accepted = decide([rename, retype, observe], proposed("RUNNING"), context);
    expect(seen).toEqual(["Renamed", ["1"]]);
    expect(accepted).toMatchObject({
      state: { name: "Renamed" },
      run: { empirical_policy: { pause_keys: ["1"] } },
    });
    expect(decide([retype, object, observe], proposed("RUNNING"), context)).toEqual({
      type: "abort",
      reason: "no",
    });
    expect(seen).toHaveLength(2);
  });

  it("accepts without rules", () => {
    const state = proposed("RUNNING");
    expect(decide([], state, contextOf(flowRun(null)))).toEqual({ type: "accept", state });
  });
});

describe("entering a state", () => {
  it("puts a state after the current one when the clock went back", () => {
    const run = flowRun(proposed("RUNNING"));
    const context = { ...contextOf(run), now: "2026-03-04T04:00:00.000000Z" };
    const { state, changes } = enterFlowRunState(run, proposed("COMPLETED"), context);
    expect(state.timestamp).toBe("2026-03-04T05:06:06.123458Z");
    expect(changes.total_run_time).toBeCloseTo(0.000001, 9);
  });

  it("puts the first state at the current instant", () => {
    const run = flowRun(null);
    expect(enterFlowRunState(run, proposed("PENDING"), contextOf(run)).state.timestamp).toBe(NOW);
  });
});
