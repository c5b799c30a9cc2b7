/**
 * Takes what happened from everybody who tells it: keeps events that are new, records the task runs that engines tell of
 * by them, renews the leases that heartbeats carry, and publishes what it kept. The hottest path of a server.
 */
import type { Event, TaskRunRecord } from "@sluice/protocol";
import { GroupCommit } from "../group-commit.ts";
import type { LocalContext } from "../local-api/local-context.ts";
import type { Store } from "../store.ts";
import type { StoredTaskRun } from "../stored-nouns.ts";
import { mergeHeartbeats, reportedHeartbeat } from "./reported-heartbeat.ts";
import { mergeReports, type ReportedTaskRun, reportedTaskRun, tellsTaskRun } from "./reported-task-run.ts";

/** Large enough that a transaction's own cost is nothing, small enough that others get their turn. */
const MAX_BATCH = 400;
const MAX_WAITING = 50_000;

export class EventRecorder {
  readonly #context: LocalContext;
  readonly #commit: GroupCommit<Event>;

  constructor(context: LocalContext) {
    this.#context = context;
    this.#commit = new GroupCommit({
      write: (events) => this.#write(events),
      maxItems: MAX_BATCH,
      maxWaiting: MAX_WAITING,
    });
  }

  /** How many events wait for the write under way. */
  get size(): number {
    return this.#commit.size;
  }

  /** Resolves when the events are kept, with everything that follows from them. */
  record(events: readonly Event[]): Promise<void> {
    return events.length === 0 ? Promise.resolve() : this.#commit.add(events);
  }

  /** Settles when everything taken so far is kept. */
  idle(): Promise<void> {
    return this.#commit.idle();
  }

  async #write(events: readonly Event[]): Promise<void> {
    const { heartbeats, others } = withoutHeartbeats(events);
    const now = this.#context.now();
    const kept = await this.#context.store.transaction(async (store) => {
      const fresh = others.length === 0 ? [] : await store.events.insert(others);
      const reports = mergeReports(fresh.filter(tellsTaskRun).map(reportedTaskRun).filter(isReport));
      if (reports.length > 0) await store.taskRuns.record(await completed(store, reports), now);
      return fresh;
    });
    for (const beat of mergeHeartbeats(heartbeats)) await this.#context.store.flowRuns.renewLeases(beat, now);
    this.#context.feed?.publish(kept);
  }
}

/**
 * Heartbeats that carry a lease come every few seconds from every run, and say nothing once the next one is there: they
 * are not kept. An event that is in the batch twice is left out once.
 */
function withoutHeartbeats(events: readonly Event[]) {
  const heartbeats = [];
  const others = new Map<string, Event>();
  for (const event of events) {
    const beat = reportedHeartbeat(event);
    if (beat === undefined) others.set(event.id, event);
    else heartbeats.push(beat);
  }
  return { heartbeats, others: [...others.values()] };
}

/** Fills in what some reports do not tell from what is known of their runs. Engines tell everything, so this is rare. */
async function completed(store: Store, reports: readonly ReportedTaskRun[]): Promise<TaskRunRecord[]> {
  const incomplete = reports.filter((report) => report.missing.length > 0);
  if (incomplete.length === 0) return reports.map((report) => report.record);
  const values = incomplete.map((report) => report.record.id);
  const stored = await store.taskRuns.list({ where: { type: "one-of", member: "id", values } });
  const known = new Map(stored.map((run) => [run.id, run]));
  return reports.map((report) => fillIn(report, known.get(report.record.id)));
}

function fillIn({ record, missing }: ReportedTaskRun, run: StoredTaskRun | undefined): TaskRunRecord {
  if (run === undefined) return record;
  const members: Readonly<Record<string, unknown>> = { ...run };
  return { ...record, ...Object.fromEntries(missing.map((member) => [member, members[member]])) };
}

function isReport(report: ReportedTaskRun | undefined): report is ReportedTaskRun {
  return report !== undefined;
}
