/** Cases of the API suite on the flow policy: for each rule when it fires and when not, with status and reason. */
import {
  type FlowRunCreate,
  newId,
  type OrchestrationStatus,
  type StateCreate,
  type StateType,
} from "@sluice/protocol";
import { describe, expect, it } from "vitest";
import { createRun, inSeconds, type OpenApi, propose } from "./open-api.ts";

interface Case {
  readonly title: string;
  readonly from: StateCreate;
  readonly to: StateCreate;
  readonly status: OrchestrationStatus;
  readonly reason?: string;
  /** Type and name of the state afterwards; default: what was proposed when accepted, otherwise what it was. */
  readonly ends?: readonly [StateType, string];
  readonly run?: Partial<FlowRunCreate>;
}

const REFERENCE = { storage_key: "k", serializer: { type: "json" }, prefect_version: "1" };
const TRANSITION_ID = "6f2a4b6e-0000-4000-8000-000000000001";
const TERMINAL = ["COMPLETED", "FAILED", "CANCELLED", "CRASHED"] as const;
const PAST = "2020-01-01T00:00:00Z";

/** Rules by the question they answer, in the order of the policy. */
const CASES: Readonly<Record<string, readonly Case[]>> = {
  "a proposal that was made before": [
    {
      title: "is recognised by its transition id",
      from: { type: "RUNNING", state_details: { transition_id: TRANSITION_ID } },
      to: { type: "COMPLETED", state_details: { transition_id: TRANSITION_ID } },
      status: "REJECT",
      reason: "This run has already made this state transition.",
    },
    {
      title: "is recognised before anything else about it is judged",
      from: { type: "CRASHED", state_details: { transition_id: TRANSITION_ID } },
      to: { type: "CRASHED", state_details: { transition_id: TRANSITION_ID } },
      status: "REJECT",
      reason: "This run has already made this state transition.",
    },
    {
      title: "is another one with another transition id",
      from: { type: "RUNNING", state_details: { transition_id: TRANSITION_ID } },
      to: { type: "COMPLETED", state_details: { transition_id: newId() } },
      status: "ACCEPT",
    },
    {
      title: "is not assumed without transition ids",
      from: { type: "RUNNING" },
      to: { type: "RUNNING" },
      status: "ACCEPT",
    },
  ],
  "a run that ended": [
    ...TERMINAL.flatMap((type) =>
      (["CANCELLING", "PAUSED", "CRASHED"] as const).map(
        (to): Case => ({
          title: `${type} does not become ${to}`,
          from: { type },
          to: { type: to },
          status: "ABORT",
          reason: `Run is already in terminal state ${type}.`,
        }),
      ),
    ),
    ...(["RUNNING", "PENDING", "SCHEDULED"] as const).map(
      (to): Case => ({
        title: `with a result does not become ${to}`,
        from: { type: "COMPLETED", data: REFERENCE },
        to: { type: to },
        status: "REJECT",
        reason: "Run is already COMPLETED.",
      }),
    ),
    {
      title: "with a result does not lose it",
      from: { type: "COMPLETED", data: REFERENCE },
      to: { type: "COMPLETED" },
      status: "REJECT",
      reason: "Run is already COMPLETED.",
    },
    {
      title: "with a result may get another",
      from: { type: "COMPLETED", data: REFERENCE },
      to: { type: "COMPLETED", data: { ...REFERENCE, storage_key: "other" } },
      status: "ACCEPT",
    },
    {
      title: "with a result may fail after all",
      from: { type: "COMPLETED", data: REFERENCE },
      to: { type: "FAILED" },
      status: "ACCEPT",
    },
    {
      title: "with data that says there is no result may run again",
      from: { type: "COMPLETED", data: { type: "unpersisted" } },
      to: { type: "RUNNING" },
      status: "ACCEPT",
    },
    ...TERMINAL.map(
      (type): Case => ({
        title: `${type} may run again`,
        from: { type },
        to: { type: "RUNNING" },
        status: "ACCEPT",
      }),
    ),
    {
      title: "is not scheduled again without a deployment",
      from: { type: "FAILED" },
      to: { type: "SCHEDULED" },
      status: "ABORT",
      reason: "Cannot reschedule a run without an associated deployment.",
    },
  ],
  "a run that is being cancelled": [
    ...(
      ["RUNNING", "PENDING", "COMPLETED", "FAILED", "CRASHED", "SCHEDULED", "PAUSED", "CANCELLING"] as const
    ).map(
      (to): Case => ({
        title: `does not become ${to}`,
        from: { type: "CANCELLING" },
        to: { type: to },
        status: "REJECT",
        reason: "Cannot transition flows that are cancelling to a state other than Cancelled.",
      }),
    ),
    { title: "becomes CANCELLED", from: { type: "CANCELLING" }, to: { type: "CANCELLED" }, status: "ACCEPT" },
  ],
  "a run to be cancelled": [
    {
      title: "is cancelled at once when it is scheduled",
      from: { type: "SCHEDULED" },
      to: { type: "CANCELLING" },
      status: "REJECT",
      reason: "Scheduled flow run has no infrastructure to terminate.",
      ends: ["CANCELLED", "Cancelled"],
    },
    {
      title: "is cancelled at once when it is suspended",
      from: { type: "PAUSED", name: "Suspended", state_details: { pause_reschedule: true } },
      to: { type: "CANCELLING" },
      status: "REJECT",
      reason: "Suspended flow run has no infrastructure to terminate.",
      ends: ["CANCELLED", "Cancelled"],
    },
    {
      title: "is cancelled by its process when it runs",
      from: { type: "RUNNING" },
      to: { type: "CANCELLING" },
      status: "ACCEPT",
    },
    {
      title: "is cancelled by its process when it is pending",
      from: { type: "PENDING" },
      to: { type: "CANCELLING" },
      status: "ACCEPT",
    },
    {
      title: "may be cancelled directly",
      from: { type: "SCHEDULED" },
      to: { type: "CANCELLED" },
      status: "ACCEPT",
    },
  ],
  "a run to be submitted": [
    ...(["PENDING", "RUNNING", "CANCELLED"] as const).map(
      (type): Case => ({
        title: `is refused to the second worker when it is ${type}`,
        from: { type },
        to: { type: "PENDING" },
        status: "ABORT",
        reason: `This run is in a ${type} state and cannot transition to a PENDING state.`,
      }),
    ),
    {
      title: "goes on to a finer pending state",
      from: { type: "PENDING" },
      to: { type: "PENDING", name: "Submitting" },
      status: "ACCEPT",
    },
    {
      title: "does not enter a finer pending state twice",
      from: { type: "PENDING", name: "Submitting" },
      to: { type: "PENDING", name: "Submitting" },
      status: "ABORT",
      reason: "This run is in a PENDING state and cannot transition to a PENDING state.",
    },
    {
      title: "does not go back to the plain pending state",
      from: { type: "PENDING", name: "Submitting" },
      to: { type: "PENDING" },
      status: "ABORT",
      reason: "This run is in a PENDING state and cannot transition to a PENDING state.",
    },
    {
      title: "is given to the first",
      from: { type: "SCHEDULED" },
      to: { type: "PENDING" },
      status: "ACCEPT",
    },
  ],
  "a late run": [
    {
      title: "was scheduled",
      from: { type: "SCHEDULED" },
      to: { type: "SCHEDULED", name: "Late" },
      status: "ACCEPT",
    },
    {
      title: "was not running",
      from: { type: "RUNNING" },
      to: { type: "SCHEDULED", name: "Late" },
      status: "REJECT",
      reason: "Only scheduled flows can be marked late.",
    },
    {
      title: "is marked once",
      from: { type: "SCHEDULED", name: "Late" },
      to: { type: "SCHEDULED", name: "Late" },
      status: "REJECT",
      reason: "This run is already late.",
    },
  ],
  "a run to be paused": [
    { title: "is running", from: { type: "RUNNING" }, to: { type: "PAUSED" }, status: "ACCEPT" },
    {
      title: "is not pending",
      from: { type: "PENDING" },
      to: { type: "PAUSED" },
      status: "REJECT",
      reason: "Cannot pause flows that are not currently running.",
    },
    {
      title: "is not scheduled when it is to be suspended",
      from: { type: "SCHEDULED" },
      to: { type: "PAUSED", name: "Suspended", state_details: { pause_reschedule: true } },
      status: "REJECT",
      reason: "Cannot suspend flows that are not currently running.",
    },
    {
      title: "has a deployment when it is to be suspended",
      from: { type: "RUNNING" },
      to: { type: "PAUSED", name: "Suspended", state_details: { pause_reschedule: true } },
      status: "ABORT",
      reason: "Cannot suspend flows without a deployment.",
    },
  ],
  "a paused run": [
    ...(["RUNNING", "SCHEDULED", "COMPLETED", "FAILED", "CANCELLED", "CRASHED"] as const).map(
      (to): Case => ({
        title: `may become ${to}`,
        from: { type: "PAUSED" },
        to: { type: to },
        status: "ACCEPT",
      }),
    ),
    ...(["PENDING", "CANCELLING"] as const).map(
      (to): Case => ({
        title: `does not become ${to}`,
        from: { type: "PAUSED" },
        to: { type: to },
        status: "REJECT",
        reason: `This run cannot transition to the ${to} state from the PAUSED state.`,
      }),
    ),
    {
      title: "fails when it is resumed too late",
      from: { type: "PAUSED", state_details: { pause_timeout: PAST } },
      to: { type: "RUNNING" },
      status: "REJECT",
      reason: "The flow run pause has timed out and can no longer resume.",
      ends: ["FAILED", "Failed"],
    },
    {
      title: "is resumed in time",
      from: { type: "PAUSED", state_details: { pause_timeout: inSeconds(3600) } },
      to: { type: "RUNNING" },
      status: "ACCEPT",
    },
    {
      title: "does not start again without a deployment when it was suspended",
      from: { type: "PAUSED", state_details: { pause_reschedule: true } },
      to: { type: "SCHEDULED", name: "Resuming" },
      status: "REJECT",
      reason: "Cannot reschedule a resuming flow run without a deployment.",
    },
  ],
  "a run before its time": [
    {
      title: "waits when it is scheduled",
      from: { type: "SCHEDULED", state_details: { scheduled_time: inSeconds(86_400) } },
      to: { type: "RUNNING" },
      status: "WAIT",
      reason: "Scheduled time is in the future",
    },
    {
      title: "waits when it is pending",
      from: { type: "PENDING", state_details: { scheduled_time: inSeconds(86_400) } },
      to: { type: "RUNNING" },
      status: "WAIT",
      reason: "Scheduled time is in the future",
    },
    {
      title: "does not wait to become pending",
      from: { type: "SCHEDULED", state_details: { scheduled_time: inSeconds(86_400) } },
      to: { type: "PENDING" },
      status: "ACCEPT",
    },
    {
      title: "does not wait when its time has come",
      from: { type: "SCHEDULED", state_details: { scheduled_time: PAST } },
      to: { type: "RUNNING" },
      status: "ACCEPT",
    },
  ],
  "a failing run": [
    {
      title: "is retried while it has retries",
      from: { type: "RUNNING" },
      to: { type: "FAILED", message: "boom" },
      status: "REJECT",
      reason: "Retrying",
      ends: ["SCHEDULED", "AwaitingRetry"],
      run: { empirical_policy: { retries: 1 } },
    },
    { title: "fails without retries", from: { type: "RUNNING" }, to: { type: "FAILED" }, status: "ACCEPT" },
    {
      title: "fails when it did not run",
      from: { type: "PENDING" },
      to: { type: "FAILED" },
      status: "ACCEPT",
      run: { empirical_policy: { retries: 1 } },
    },
    {
      title: "is retried whatever its state says of that, as Prefect's client says no to every failure",
      from: { type: "RUNNING" },
      to: { type: "FAILED", state_details: { retriable: false } },
      status: "REJECT",
      reason: "Retrying",
      ends: ["SCHEDULED", "AwaitingRetry"],
      run: { empirical_policy: { retries: 1 } },
    },
    {
      title: "is not retried when it crashes",
      from: { type: "RUNNING" },
      to: { type: "CRASHED" },
      status: "ACCEPT",
      run: { empirical_policy: { retries: 1 } },
    },
  ],
  "any other run": [
    { title: "starts", from: { type: "PENDING" }, to: { type: "RUNNING" }, status: "ACCEPT" },
    { title: "completes", from: { type: "RUNNING" }, to: { type: "COMPLETED" }, status: "ACCEPT" },
    {
      title: "has whatever name the client gives its state",
      from: { type: "RUNNING" },
      to: { type: "COMPLETED", name: "Fertig 🎉", message: "m", data: { a: [1] } },
      status: "ACCEPT",
      ends: ["COMPLETED", "Fertig 🎉"],
    },
  ],
};

export function flowPolicyCases(open: OpenApi): void {
  describe.each(Object.entries(CASES))("%s", (_subject, cases) => {
    it.each(cases)("$title", async ({ from, to, status, reason, ends, run: members }) => {
      const api = await open();
      const run = await createRun(api, from, members);
      const result = await propose(api, run.id, to);
      expect(result.status).toBe(status);
      expect("reason" in result.details ? result.details.reason : undefined).toBe(reason);
      expect(result.details.type).toBe(`${status.toLowerCase()}_details`);

      const [type, name] = ends ?? [status === "ACCEPT" ? to.type : from.type];
      expect(result.state?.type).toBe(type);
      if (name !== undefined) expect(result.state?.name).toBe(name);
      const isWritten = status === "ACCEPT" || ends !== undefined;
      expect(result.state?.id === run.state?.id).toBe(!isWritten);
      const after = await api.flowRuns.get(run.id);
      expect(after.state).toEqual(result.state);
      expect(after).toMatchObject({
        state_id: result.state?.id,
        state_type: type,
        state_name: result.state?.name,
      });
      expect(await api.flowRuns.states(run.id)).toHaveLength(isWritten ? 2 : 1);
    });
  });
}
