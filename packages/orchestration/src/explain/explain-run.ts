/** Says why a run is not running. A pure function of facts, so that every reason can be read and tested here. */
import { type ExplanationReason, type FlowRunExplanation, isTerminalStateType } from "@sluice/protocol";
import { compareTimestamps, secondsBetween } from "../timestamp.ts";
import { explainPlace } from "./explain-place.ts";
import { durationText, type ReasonParts, reason, slotReason } from "./reason.ts";
import type { DeploymentFacts, RunFacts } from "./run-facts.ts";

/** What takes longer to start than this has trouble. */
const START_SECONDS = 60;
/** Runs of deployments without a pool are asked for by whoever serves them. */
const SERVED_SECONDS = 60;

/** What holds the run comes first. */
export function explainRun(facts: RunFacts): FlowRunExplanation {
  const { run } = facts;
  const reasons = reasonsOf(facts);
  return {
    flow_run_id: run.id,
    state_type: run.state_type,
    state_name: run.state_name,
    reasons: reasons.toSorted((a, b) => Number(b.is_holding) - Number(a.is_holding)),
  };
}

function reasonsOf(facts: RunFacts): readonly ExplanationReason[] {
  const { state_type: type } = facts.run;
  if (type === "SCHEDULED") return scheduled(facts);
  if (type !== null && isTerminalStateType(type)) return [ended(facts)];
  if (type === "RUNNING" || type === "CANCELLING" || type === "PAUSED") return [begun(facts, type)];
  return [starting(facts), ...parentReasons(facts)];
}

function ended({ run }: RunFacts): ExplanationReason {
  const hasFailed = run.state_type !== "COMPLETED";
  const message = run.state?.message;
  return reason({
    code: "ENDED",
    message: `It has ended: ${run.state_name}${hasFailed && message ? `, ${message}` : ""}.`,
    remedy: hasFailed ? `sluice flow-run retry ${run.name} runs it again.` : null,
    is_holding: false,
  });
}

function begun(facts: RunFacts, type: "RUNNING" | "CANCELLING" | "PAUSED"): ExplanationReason {
  const { run } = facts;
  const since = durationText(secondsInState(facts));
  if (type === "RUNNING") {
    return reason({ code: "RUNNING", message: `It has been running for ${since}.`, is_holding: false });
  }
  if (type === "CANCELLING") {
    return reason({
      code: "CANCELLING",
      message: `It was told to stop ${since} ago, and what runs it has not said yet that it did.`,
      remedy: "If what ran it is gone, the server marks it Cancelled after some minutes.",
    });
  }
  return reason({
    code: "PAUSED",
    message: `It is ${run.state_name} since ${since} and waits to be resumed.`,
    remedy: "Resume it in the user interface or with resumeFlowRun().",
    until: run.state?.state_details.pause_timeout ?? null,
  });
}

function starting(facts: RunFacts): ExplanationReason {
  const { run, place } = facts;
  const seconds = secondsInState(facts);
  const since = durationText(seconds);
  if (run.deployment_id === null) {
    return reason({
      code: "STARTING",
      message: `It was made ${since} ago by a process that has not begun it.`,
      remedy: seconds > START_SECONDS ? "If that process is gone, run the flow anew." : null,
    });
  }
  const who = place === undefined ? "who serves its deployment" : `a worker of ${place.pool.name}`;
  return reason({
    code: "STARTING",
    message: `It was taken ${since} ago by ${who}, and its code has not begun.`,
    remedy:
      seconds > START_SECONDS
        ? `Look at the worker's log and at sluice flow-run logs ${run.name}: an image may be pulled, or the machine be busy.`
        : null,
  });
}

function scheduled(facts: RunFacts): readonly ExplanationReason[] {
  const reasons = [...timeReasons(facts), ...parentReasons(facts), ...servedReasons(facts)];
  if (reasons.some((each) => each.is_holding)) return reasons;
  const taker =
    facts.place === undefined ? "who serves its deployment" : `the next worker of ${facts.place.pool.name}`;
  const next = reason({
    code: "NEXT",
    message: `It is due and nothing holds it: ${taker} that asks takes it.`,
    is_holding: false,
  });
  return [next, ...reasons];
}

function timeReasons({ run, now }: RunFacts): readonly ExplanationReason[] {
  const due = run.next_scheduled_start_time;
  if (due === null || compareTimestamps(due, now) <= 0) return [];
  const distance = durationText(secondsBetween(now, due));
  const isRetry = run.state_name === "AwaitingRetry";
  const message = isRetry
    ? `It failed ${run.run_count} time${run.run_count === 1 ? "" : "s"} and is tried again in ${distance}.`
    : `It is not due: it starts in ${distance}.`;
  return [reason({ code: isRetry ? "WAITS_FOR_RETRY" : "NOT_DUE", message, until: due })];
}

function parentReasons({ parent }: RunFacts): readonly ExplanationReason[] {
  if (parent?.state_type == null || !isTerminalStateType(parent.state_type)) return [];
  return [
    reason({
      code: "PARENT_ENDED",
      message: `The run that called it, ${parent.name}, has ended: ${parent.state_name}.`,
      remedy: "Cancel it if nobody needs it any more.",
      is_holding: false,
    }),
  ];
}

/** Whether anybody is there to take it, and may. */
function servedReasons(facts: RunFacts): readonly ExplanationReason[] {
  const { run, deployment, place } = facts;
  if (run.deployment_id === null) {
    // A retry is waited for by the process that runs it.
    if (run.state_name === "AwaitingRetry") return [];
    return [
      reason({
        code: "NO_DEPLOYMENT",
        message: "It belongs to no deployment, so no worker takes it: only the process that made it runs it.",
        remedy: "Run the flow anew if that process is gone.",
      }),
    ];
  }
  if (deployment === undefined) {
    return [
      reason({
        code: "DEPLOYMENT_DELETED",
        message: "Its deployment was deleted.",
        remedy: "Deploy the flow again and run that deployment.",
      }),
    ];
  }
  return [
    ...deploymentReasons(deployment),
    ...(place === undefined ? unpooledReasons(deployment, facts) : explainPlace(place, facts.now)),
  ];
}

function deploymentReasons({ deployment, slots, flowName }: DeploymentFacts): readonly ExplanationReason[] {
  const name = `${flowName}/${deployment.name}`;
  const paused: ReasonParts = {
    code: "DEPLOYMENT_PAUSED",
    message: `The deployment ${name} is paused: its schedules make no runs. Runs that are there are not held by that.`,
    remedy: `sluice deployment resume "${name}"`,
    is_holding: false,
  };
  return [
    ...(deployment.paused ? [reason(paused)] : []),
    ...slotReason(slots, {
      code: "DEPLOYMENT_LIMIT",
      what: `the deployment ${name}`,
      remedy: "Wait for one of them to end, or raise the deployment's concurrency limit.",
    }),
  ];
}

function unpooledReasons(
  { deployment, flowName }: DeploymentFacts,
  { now }: RunFacts,
): readonly ExplanationReason[] {
  const { last_polled: polled } = deployment;
  if (polled !== null && secondsBetween(polled, now) <= SERVED_SECONDS) return [];
  const last = polled === null ? "never" : `${durationText(secondsBetween(polled, now))} ago`;
  return [
    reason({
      code: "NOT_SERVED",
      message: `Nobody asks for the runs of ${flowName}/${deployment.name} (last asked for: ${last}).`,
      remedy: "Start the program that serves it, or deploy it to a work pool.",
    }),
  ];
}

function secondsInState({ run, now }: RunFacts): number {
  return Math.max(0, secondsBetween(run.state?.timestamp ?? run.created, now));
}
