/** The services of a server, with how often they look for work. */
import {
  cleanUpCancellations,
  deleteOldHistory,
  expirePauses,
  markLateRuns,
  markUnserved,
  putBackBackgroundRuns,
  type RetentionOptions,
  repossessLeases,
  scheduleDeployments,
  sweepLapsedRuns,
  wakeWaitingRuns,
} from "@sluice/orchestration";
import { mayFreeSlot } from "./may-free-slot.ts";
import type { Service } from "./service.ts";

/** Ends the runs of processes that are gone. */
export const LAPSED_RUNS: Service = {
  name: "lapsed-runs",
  intervalSeconds: 15,
  step: async (context) => {
    await sweepLapsedRuns(context, {});
    return {};
  },
};

/** What runs beside a server, or in a process of its own. */
export function serviceTable(retention: RetentionOptions): readonly Service[] {
  return [
    {
      name: "scheduler",
      intervalSeconds: 60,
      step: async (context) => {
        const { failures, hasMore } = await scheduleDeployments(context);
        return { failures: failures.map((failure) => ({ ...failure })), hasMore };
      },
    },
    {
      name: "late-runs",
      intervalSeconds: 5,
      step: markLateRuns,
    },
    {
      name: "pause-expiry",
      intervalSeconds: 5,
      step: async (context) => {
        await expirePauses(context);
        return {};
      },
    },
    {
      name: "cancellation",
      intervalSeconds: 20,
      step: async (context) => {
        await cleanUpCancellations(context);
        return {};
      },
    },
    LAPSED_RUNS,
    {
      name: "slot-waiters",
      intervalSeconds: 5,
      isWokenBy: mayFreeSlot,
      step: async (context) => {
        await wakeWaitingRuns(context);
        return {};
      },
    },
    {
      name: "foreman",
      intervalSeconds: 15,
      step: markUnserved,
    },
    {
      name: "repossessor",
      intervalSeconds: 15,
      step: repossessLeases,
    },
    {
      name: "background-runs",
      intervalSeconds: 60,
      step: putBackBackgroundRuns,
    },
    {
      name: "retention",
      intervalSeconds: 3600,
      step: (context) => deleteOldHistory(context, retention),
    },
  ];
}
