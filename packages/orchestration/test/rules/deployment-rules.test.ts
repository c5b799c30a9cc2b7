// The suite of the API covers the rules for runs without a deployment; these need one, or a slot of one.
import { newId } from "@sluice/protocol";
import { describe, expect, it } from "vitest";
import { guardTerminalStates } from "../../src/rules/guard-terminal-states.ts";
import { handlePausing } from "../../src/rules/handle-pausing.ts";
import { handleResuming } from "../../src/rules/handle-resuming.ts";
import { contextOf, flowRun, proposed } from "../flow-run-fixture.ts";

const DEPLOYED = { deployment_id: newId() };

describe("a run of a deployment", () => {
  it("may be scheduled again after its end, and forgets its pauses", () => {
    const empirical_policy = {
      max_retries: 0,
      retry_delay_seconds: 0,
      pause_keys: ["1"],
      retries: 2,
      resuming: true,
    };
    const run = flowRun(proposed("FAILED"), { ...DEPLOYED, empirical_policy });
    const verdict = guardTerminalStates(proposed("SCHEDULED"), contextOf(run));
    expect(verdict).toEqual({
      type: "accept",
      run: {
        empirical_policy: { ...empirical_policy, pause_keys: [], resuming: false, retry_type: "reschedule" },
      },
    });
  });

  it("may be suspended", () => {
    const run = flowRun(proposed("RUNNING"), DEPLOYED);
    const suspended = proposed("PAUSED", {
      name: "Suspended",
      state_details: { pause_reschedule: true, pause_key: "1" },
    });
    expect(handlePausing(suspended, contextOf(run))).toMatchObject({
      type: "accept",
      run: { empirical_policy: { pause_keys: ["1"] } },
    });
  });

  it("may be started again when it was suspended, as the same run", () => {
    const run = flowRun(proposed("PAUSED", { state_details: { pause_reschedule: true } }), DEPLOYED);
    expect(handleResuming(proposed("SCHEDULED", { name: "Resuming" }), contextOf(run))).toMatchObject({
      type: "accept",
      run: { empirical_policy: { resuming: true } },
    });
  });
});
