/** Puts back background task runs that were taken and never confirmed: the server that gave them is gone. */
import { putBackBackgroundRun, SUBMITTING } from "../background/hand-over.ts";
import type { LocalContext } from "../local-api/local-context.ts";
import { addSeconds } from "../timestamp.ts";

/** Servers wait less for a confirmation. */
const LOST_AFTER_SECONDS = 120;
const BATCH = 200;

/** Says whether there are more. */
export async function putBackBackgroundRuns(context: LocalContext): Promise<{ readonly hasMore: boolean }> {
  const lost = await context.store.taskRuns.list({
    where: {
      type: "all",
      conditions: [
        { type: "one-of", member: "state_type", values: ["PENDING"] },
        { type: "one-of", member: "state_name", values: [SUBMITTING] },
        { type: "at-most", member: "updated", value: addSeconds(context.now(), -LOST_AFTER_SECONDS) },
      ],
    },
    limit: BATCH,
  });
  for (const { id } of lost) await putBackBackgroundRun(context, id);
  return { hasMore: lost.length === BATCH };
}
