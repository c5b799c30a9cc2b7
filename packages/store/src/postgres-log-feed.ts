/**
 * The log lines of every process on one PostgreSQL database: each tells the others of which flow runs it stored lines, and
 * of what time; those who have listeners read them. Lines of no flow run are told in their own process only, and who missed
 * lines finds them by a request: nothing else depends on lines.
 */
import type { Store } from "@sluice/orchestration";
import type { Log } from "@sluice/protocol";
import { type ClosableFeed, type Outbox, openSharedFeed } from "./postgres/shared-feed.ts";
import { storedTimestamp } from "./tables/stored-timestamp.ts";

const GATHER_MS = 100;
/** A run and two instants have 92 bytes. */
const SPANS_PER_MESSAGE = 80;
const MAX_WAITING_SPANS = 5_000;
const MAX_LINES_PER_READ = 2_000;
const MAX_REMEMBERED_IDS = 20_000;

export interface PostgresLogFeedOptions {
  /** As of `postgresStore`. */
  readonly url: string;
  /** Where the lines are that others tell of. */
  readonly store: Pick<Store, "logs">;
  /** Told of listeners that threw, and of trouble with the connection, which is made again by itself. */
  readonly onError: (error: unknown) => void;
}

export type PostgresLogFeed = ClosableFeed<Log>;

/** Connects. Rejects when that is impossible now; a connection that is lost later is made again. */
export function postgresLogFeed({ url, store, onError }: PostgresLogFeedOptions): Promise<PostgresLogFeed> {
  return openSharedFeed({
    url,
    onError,
    channel: "sluice_logs",
    gatherMs: GATHER_MS,
    wordsPerMessage: SPANS_PER_MESSAGE,
    wordsPerRead: 1,
    maxWaitingWords: MAX_WAITING_SPANS,
    maxRememberedIds: MAX_REMEMBERED_IDS,
    outbox: new WaitingSpans(),
    read: async (words) => (await Promise.all(words.map((word) => readSpan(store, word)))).flat(),
  });
}

/** The time that new lines of a flow run are of. */
interface Span {
  readonly flowRunId: string;
  readonly first: string;
  readonly last: string;
}

class WaitingSpans implements Outbox<Log> {
  readonly #spans = new Map<string, Span>();

  add(logs: readonly Log[]): void {
    for (const { flow_run_id: flowRunId, timestamp } of logs) {
      if (flowRunId === null) continue;
      const at = storedTimestamp(timestamp);
      const known = this.#spans.get(flowRunId);
      const instants = [at, known?.first ?? at, known?.last ?? at].sort();
      this.#spans.set(flowRunId, { flowRunId, first: instants[0] ?? at, last: instants[2] ?? at });
    }
  }

  take(count: number): readonly string[] {
    const spans = [...this.#spans.values()].slice(0, count);
    for (const { flowRunId } of spans) this.#spans.delete(flowRunId);
    return spans.map(({ flowRunId, first, last }) => `${flowRunId}/${first}/${last}`);
  }
}

function readSpan(store: Pick<Store, "logs">, word: string): Promise<Log[]> {
  const [flowRunId = "", first = "", last = ""] = word.split("/");
  return store.logs.list({
    where: {
      type: "all",
      conditions: [
        { type: "one-of", member: "flow_run_id", values: [flowRunId] },
        { type: "at-least", member: "timestamp", value: first },
        { type: "at-most", member: "timestamp", value: last },
      ],
    },
    orderBy: [{ member: "timestamp", direction: "asc" }],
    limit: MAX_LINES_PER_READ,
  });
}
