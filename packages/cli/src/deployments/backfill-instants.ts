/** The instants of a deployment's schedules in a span of time, and which of them have a run. */
import { nextDates } from "@sluice/orchestration";
import {
  type DeploymentFlowRunCreate,
  type DeploymentSchedule,
  InvalidRequestError,
  type OrchestrationApi,
} from "@sluice/protocol";
import { inParts } from "../history/pages.ts";
import type { NamedDeployment } from "./find-deployment.ts";

const MAX_INSTANTS = 10_000;
/** What one reckoning gives. */
const PAGE = 1000;

export interface Span {
  readonly from: string;
  readonly to: string;
}

/** A date of a schedule that shall have a run. */
export interface BackfillInstant {
  readonly schedule_id: string;
  readonly scheduled_time: string;
  /** Known by the server for the runs that its scheduler makes, so that no instant gets two. */
  readonly idempotency_key: string;
  /** The run that it has; null when it has none. */
  readonly flow_run_id: string | null;
}

/**
 * Earliest first.
 *
 * @throws {InvalidRequestError} when there are very many.
 */
export async function backfillInstants(
  { id, flow_id }: NamedDeployment,
  { schedules, span }: { readonly schedules: readonly DeploymentSchedule[]; readonly span: Span },
  api: OrchestrationApi,
): Promise<readonly BackfillInstant[]> {
  const dates = await Promise.all(
    schedules.map(async (schedule) =>
      (await datesIn(schedule, span)).map((date) => ({
        schedule_id: schedule.id,
        scheduled_time: date,
        idempotency_key: `scheduled ${id} ${schedule.id} ${date}`,
      })),
    ),
  );
  const instants = dates.flat().toSorted((a, b) => (a.scheduled_time < b.scheduled_time ? -1 : 1));
  requireFew(instants.length);
  const known = await knownRuns(
    flow_id,
    instants.map((instant) => instant.idempotency_key),
    api,
  );
  return instants.map((instant) => ({
    ...instant,
    flow_run_id: known.get(instant.idempotency_key) ?? null,
  }));
}

/** The run of an instant: due at once, since its time is past. */
export function backfillRun(
  { scheduled_time, schedule_id, idempotency_key }: BackfillInstant,
  schedules: readonly DeploymentSchedule[],
): DeploymentFlowRunCreate {
  return {
    state: { type: "SCHEDULED", message: "Made by a backfill", state_details: { scheduled_time } },
    parameters: schedules.find(({ id }) => id === schedule_id)?.parameters ?? {},
    tags: ["backfill"],
    idempotency_key,
  };
}

async function datesIn({ schedule }: DeploymentSchedule, { from, to }: Span): Promise<readonly string[]> {
  const dates: string[] = [];
  for (let start = from; ; ) {
    const page = await nextDates(schedule, { from: start, until: to, count: PAGE });
    dates.push(...page.filter((date) => date !== dates.at(-1)));
    requireFew(dates.length);
    const last = page.at(-1);
    if (page.length < PAGE || last === undefined || last === start) return dates;
    start = last;
  }
}

function requireFew(count: number): void {
  if (count <= MAX_INSTANTS) return;
  throw new InvalidRequestError(
    `The span has more than ${MAX_INSTANTS} instants. Give a shorter one, and the next when that is done.`,
  );
}

async function knownRuns(
  flowId: string,
  keys: readonly string[],
  api: OrchestrationApi,
): Promise<ReadonlyMap<string, string>> {
  const known = new Map<string, string>();
  for (const part of inParts(keys)) {
    const runs = await api.flowRuns.filter({
      flows: { id: { any_: [flowId] } },
      flow_runs: { idempotency_key: { any_: [...part] } },
    });
    for (const run of runs) if (run.idempotency_key !== null) known.set(run.idempotency_key, run.id);
  }
  return known;
}
