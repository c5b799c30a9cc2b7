/**
 * Which rules decide, in which order. The first verdict other than `accept` is the answer; a proposal that every rule
 * accepts is written. The order is that of Prefect 3, whose clients rely on it.
 */
import { cancelWithoutInfrastructure } from "./rules/cancel-without-infrastructure.ts";
import { copyScheduledTime } from "./rules/copy-scheduled-time.ts";
import { enforceCancellingToCancelled } from "./rules/enforce-cancelling-to-cancelled.ts";
import { enforceConcurrencyOnLate } from "./rules/enforce-concurrency-on-late.ts";
import { guardTerminalStates } from "./rules/guard-terminal-states.ts";
import { handlePausing } from "./rules/handle-pausing.ts";
import { handleResuming } from "./rules/handle-resuming.ts";
import { keepConcurrencySlot } from "./rules/keep-concurrency-slot.ts";
import { markOnlyScheduledLate } from "./rules/mark-only-scheduled-late.ts";
import { preventDuplicateTransitions } from "./rules/prevent-duplicate-transitions.ts";
import { preventPendingTransitions } from "./rules/prevent-pending-transitions.ts";
import { preventResultLoss } from "./rules/prevent-result-loss.ts";
import { refuseOutdatedProposals } from "./rules/refuse-outdated-proposals.ts";
import { retryFailedFlows } from "./rules/retry-failed-flows.ts";
import { secureConcurrencySlot } from "./rules/secure-concurrency-slot.ts";
import { countFlowAttempt } from "./rules/task-runs/count-flow-attempt.ts";
import { guardEndedTasks } from "./rules/task-runs/guard-ended-tasks.ts";
import { nameReruns } from "./rules/task-runs/name-reruns.ts";
import { putInCache } from "./rules/task-runs/put-in-cache.ts";
import { requireRunningFlow } from "./rules/task-runs/require-running-flow.ts";
import { retryFailedTasks } from "./rules/task-runs/retry-failed-tasks.ts";
import { secureTagSlots } from "./rules/task-runs/secure-tag-slots.ts";
import { takeFromCache } from "./rules/task-runs/take-from-cache.ts";
import { waitForScheduledTime } from "./rules/wait-for-scheduled-time.ts";
import type { FlowRunRule, TaskRunRule } from "./verdict.ts";

/** For states that a client proposes. */
export const coreFlowPolicy: readonly FlowRunRule[] = [
  preventDuplicateTransitions, //   any → any: same transition_id → REJECT, nothing changes
  refuseOutdatedProposals, //       any → any: the run has left the state that the proposal was decided on → ABORT
  guardTerminalStates, //           terminal → any: ABORT or REJECT what makes no sense after the end
  enforceCancellingToCancelled, //  CANCELLING → anything but CANCELLED → REJECT
  cancelWithoutInfrastructure, //   SCHEDULED, suspended → CANCELLING: nothing to stop → REJECT to CANCELLED
  preventPendingTransitions, //     PENDING, RUNNING, CANCELLING, CANCELLED → PENDING: taken → ABORT
  keepConcurrencySlot, //           PENDING → RUNNING: the deployment's slot was lost → REJECT to CANCELLED
  secureConcurrencySlot, //         any → PENDING: no slot of the deployment is free → REJECT to wait or to CANCELLED
  markOnlyScheduledLate, //         any → Late: only from SCHEDULED, once → REJECT
  handlePausing, //                 any → PAUSED: only from RUNNING, each key once → REJECT, ABORT
  handleResuming, //                PAUSED → any: timed out → REJECT to FAILED
  copyScheduledTime, //             SCHEDULED → PENDING: the time goes along
  waitForScheduledTime, //          SCHEDULED, PENDING → RUNNING: too early → WAIT
  retryFailedFlows, //              RUNNING → FAILED: retries left → REJECT to AwaitingRetry
];

/** For forced states, and for the state a run is born in. */
export const minimalFlowPolicy: readonly FlowRunRule[] = [
  preventResultLoss, //             COMPLETED with a result → COMPLETED without → REJECT
  cancelWithoutInfrastructure, //   as above
];

/** For runs that nobody has begun in time. */
export const markLateRunsPolicy: readonly FlowRunRule[] = [
  markOnlyScheduledLate, //         as above
  enforceConcurrencyOnLate, //      SCHEDULED → Late: no slot is free and new runs do not wait → REJECT to CANCELLED
];

/** For states of task runs whose engine lets the server decide. Engines of Sluice and Prefect 3 decide themselves. */
export const coreTaskPolicy: readonly TaskRunRule[] = [
  takeFromCache, //                 any → RUNNING: the result is in the cache → REJECT to Cached
  guardEndedTasks, //               terminal → any: ABORT or REJECT what makes no sense after the end
  requireRunningFlow, //            any → RUNNING: the flow run is not running → ABORT, or REJECT while it is paused
  secureTagSlots, //                any → RUNNING: no slot of a tag is free → WAIT
  copyScheduledTime, //             SCHEDULED → PENDING: the time goes along
  waitForScheduledTime, //          SCHEDULED, PENDING → RUNNING: too early → WAIT
  retryFailedTasks, //              RUNNING → FAILED: retries left → REJECT to AwaitingRetry
  nameReruns, //                    any → RUNNING again: the name says so
  countFlowAttempt, //              any → RUNNING: in which attempt of the flow run
  putInCache, //                    any → COMPLETED with a cache key: it is in the cache; too long a key → REJECT
];

/** For task runs without a flow run, which workers take from a queue; limits of tags do not hold for them. */
export const backgroundTaskPolicy: readonly TaskRunRule[] = [
  preventPendingTransitions,
  ...coreTaskPolicy.filter((rule) => rule !== secureTagSlots),
];
