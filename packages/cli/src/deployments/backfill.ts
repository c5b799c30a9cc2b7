/** Makes the runs of the instants that a deployment's schedules had in a span of time. */
import { setTimeout as sleep } from "node:timers/promises";
import {
  type DeploymentSchedule,
  InvalidRequestError,
  isTerminalStateType,
  type OrchestrationApi,
} from "@sluice/protocol";
import { EXIT_FAILURE } from "../exit-codes.ts";
import type { JsonOptions } from "../global-options.ts";
import type { HistoryContext } from "../history/with-history.ts";
import { StatusLine } from "../running/status-line.ts";
import { type BackfillInstant, backfillInstants, backfillRun } from "./backfill-instants.ts";
import { fullName, type NamedDeployment } from "./find-deployment.ts";

const INTERVAL_MS = 500;
/** What one request makes. */
const BATCH = 100;

export interface BackfillOptions extends JsonOptions {
  readonly from: string;
  readonly to: string;
  /** Runs that have not ended at any time; default: all are made at once, and limits of pools decide. */
  readonly concurrency?: number;
  readonly dryRun?: true;
}

/** What became of the instants. */
interface Counts {
  readonly instants: number;
  /** Instants that had a run already. */
  readonly known: number;
  made: number;
  completed: number;
  /** Ended in another way. */
  failed: number;
}

/**
 * Makes a run for each instant that has none, whoever made it, so that an interrupted backfill can be called again.
 *
 * @throws {InvalidRequestError} when the span reaches into the future.
 */
export async function backfill(
  deployment: NamedDeployment,
  schedules: readonly DeploymentSchedule[],
  options: BackfillOptions,
  context: HistoryContext,
): Promise<void> {
  const { api, printer, terminal } = context;
  const span = { from: options.from, to: options.to };
  requirePast(span);
  if (schedules.length === 0) {
    throw new InvalidRequestError(
      `${fullName(deployment)} has no schedules, so there are no instants to make runs for. "sluice deployment schedule create" makes one.`,
    );
  }
  const instants = await backfillInstants(deployment, { schedules, span }, api);
  if (options.dryRun) {
    writePlan(instants, options, context);
    return;
  }
  const missing = instants.filter((instant) => instant.flow_run_id === null);
  const counts: Counts = {
    instants: instants.length,
    known: instants.length - missing.length,
    made: 0,
    completed: 0,
    failed: 0,
  };
  const runs = missing.map((instant) => backfillRun(instant, schedules));
  if (options.concurrency === undefined) {
    for (let start = 0; start < runs.length; start += BATCH) {
      const { results } = await api.deployments.createFlowRuns(
        deployment.id,
        runs.slice(start, start + BATCH),
      );
      const refused = results.find(({ status }) => status === "FAILED");
      if (refused !== undefined) throw new InvalidRequestError(`A run could not be made: ${refused.error}.`);
      counts.made += results.length;
    }
  } else {
    const paced = { deploymentId: deployment.id, runs, concurrency: options.concurrency, counts };
    await makePaced(paced, context);
    if (counts.failed > 0) terminal.exitCode = EXIT_FAILURE;
  }
  if (options.json) printer.json(counts);
  else printer.line(summary(deployment, counts));
}

function requirePast({ from, to }: { readonly from: string; readonly to: string }): void {
  if (from > to)
    throw new InvalidRequestError("--from is later than --to. Give the earlier instant as --from.");
  if (to <= new Date().toISOString()) return;
  throw new InvalidRequestError("--to is in the future, for which the schedules make runs by themselves.");
}

interface Paced {
  readonly deploymentId: string;
  readonly runs: readonly ReturnType<typeof backfillRun>[];
  readonly concurrency: number;
  readonly counts: Counts;
}

/** Makes a run when another has ended. */
async function makePaced(
  { deploymentId, runs, concurrency, counts }: Paced,
  { api, terminal }: HistoryContext,
): Promise<void> {
  const line = terminal.stderr.isTTY === true ? new StatusLine(terminal) : undefined;
  const waiting = [...runs];
  const unfinished = new Set<string>();
  try {
    while (waiting.length > 0 || unfinished.size > 0) {
      for (const create of waiting.splice(0, concurrency - unfinished.size)) {
        unfinished.add((await api.deployments.createFlowRun(deploymentId, create)).id);
        counts.made += 1;
      }
      line?.show(
        `${counts.made} of ${runs.length} made, ${unfinished.size} not ended, ${counts.failed} failed`,
      );
      await sleep(INTERVAL_MS);
      await settle(unfinished, counts, api);
    }
  } finally {
    line?.end();
  }
}

async function settle(unfinished: Set<string>, counts: Counts, api: OrchestrationApi): Promise<void> {
  const runs = await api.flowRuns.filter({ flow_runs: { id: { any_: [...unfinished] } } });
  const found = new Set(runs.map(({ id }) => id));
  // One that somebody deleted is not waited for.
  for (const id of unfinished) if (!found.has(id)) unfinished.delete(id);
  for (const { id, state_type: type } of runs) {
    if (type === null || !isTerminalStateType(type)) continue;
    unfinished.delete(id);
    if (type === "COMPLETED") counts.completed += 1;
    else counts.failed += 1;
  }
}

function writePlan(
  instants: readonly BackfillInstant[],
  { json }: BackfillOptions,
  { printer }: HistoryContext,
): void {
  if (json) {
    printer.json(instants);
    return;
  }
  printer.table({
    columns: ["INSTANT", "RUN"],
    rows: instants.map(({ scheduled_time: time, flow_run_id: id }) => [time, id ?? "to be made"]),
  });
  const missing = instants.filter(({ flow_run_id: id }) => id === null).length;
  printer.hint(`${missing} runs would be made, ${instants.length - missing} instants have one.`);
}

function summary(deployment: NamedDeployment, { instants, known, made, completed, failed }: Counts): string {
  const ended = completed + failed === 0 ? "" : ` ${completed} completed, ${failed} did not.`;
  return `Made ${made} run${made === 1 ? "" : "s"} of ${fullName(deployment)}; ${known} of ${instants} instants had one.${ended}`;
}
