/**
 * The log lines of every process on one PostgreSQL database: each tells the others of which flow runs it stored lines, and
 * of what time (`NOTIFY`); those who have listeners read them. Lines of no flow run are told in their own process only.
 */
import { LocalLogFeed, type LogFeed, type Store } from "@sluice/orchestration";
import { type Log, newId } from "@sluice/protocol";
import { ListeningConnection } from "./postgres/listening-connection.ts";
import { RecentIds } from "./recent-ids.ts";
import { storedTimestamp } from "./tables/stored-timestamp.ts";

const CHANNEL = "sluice_logs";
/** Lines that are stored within this time travel together. */
const GATHER_MS = 100;
/** A run and two instants have 92 bytes; messages have 8,000 at most. */
const SPANS_PER_MESSAGE = 80;
const MAX_WAITING_SPANS = 5_000;
const MAX_LINES_PER_READ = 2_000;
const MAX_REMEMBERED = 20_000;

export interface PostgresLogFeedOptions {
  /** As of `postgresStore`. */
  readonly url: string;
  /** Where the lines are that others tell of. */
  readonly store: Pick<Store, "logs">;
  /** Told of listeners that threw, and of trouble with the connection, which is made again by itself. */
  readonly onError: (error: unknown) => void;
}

/** A feed that has to be closed. */
export interface PostgresLogFeed extends LogFeed {
  /** Tells others what waits, and ends the connection. */
  close(): Promise<void>;
}

/** Connects. Rejects when that is impossible now; a connection that is lost later is made again. */
export async function postgresLogFeed(options: PostgresLogFeedOptions): Promise<PostgresLogFeed> {
  const feed = new SharedLogFeed(options);
  await feed.open();
  return feed;
}

/** The time that new lines of a flow run are of. */
interface Span {
  readonly flowRunId: string;
  readonly first: string;
  readonly last: string;
}

class SharedLogFeed implements PostgresLogFeed {
  readonly #store: Pick<Store, "logs">;
  readonly #onError: (error: unknown) => void;
  readonly #local: LocalLogFeed;
  readonly #connection: ListeningConnection;
  readonly #sender = newId();
  readonly #told = new RecentIds(MAX_REMEMBERED);
  readonly #outgoing = new Map<string, Span>();
  #incoming: Span[] = [];
  #sending: Promise<void> | undefined;
  #reading: Promise<void> | undefined;

  constructor({ url, store, onError }: PostgresLogFeedOptions) {
    this.#store = store;
    this.#onError = onError;
    this.#local = new LocalLogFeed(onError);
    this.#connection = new ListeningConnection({
      url,
      channel: CHANNEL,
      onMessage: (message) => this.#receive(message),
      // Readers of lines that were missed find them by a request; nothing else depends on lines.
      onReturn: () => undefined,
      onError,
    });
  }

  open(): Promise<void> {
    return this.#connection.open();
  }

  publish(logs: readonly Log[]): void {
    if (logs.length === 0) return;
    for (const log of logs) {
      this.#told.add(log.id);
      this.#widen(log);
    }
    if (this.#outgoing.size > 0) this.#sending ??= this.#sendAll();
    this.#local.publish(logs);
  }

  subscribe(listener: (logs: readonly Log[]) => void): () => void {
    return this.#local.subscribe(listener);
  }

  async close(): Promise<void> {
    await this.#sending;
    await this.#reading;
    await this.#connection.close();
  }

  #widen({ flow_run_id: flowRunId, timestamp }: Log): void {
    if (flowRunId === null) return;
    const at = storedTimestamp(timestamp);
    const known = this.#outgoing.get(flowRunId);
    const instants = [at, known?.first ?? at, known?.last ?? at].sort();
    this.#outgoing.set(flowRunId, { flowRunId, first: instants[0] ?? at, last: instants[2] ?? at });
  }

  /** Never rejects. */
  async #sendAll(): Promise<void> {
    await new Promise((resolve) => setTimeout(resolve, GATHER_MS));
    while (this.#outgoing.size > 0) {
      const spans = [...this.#outgoing.values()].slice(0, SPANS_PER_MESSAGE);
      for (const { flowRunId } of spans) this.#outgoing.delete(flowRunId);
      const words = spans.map(({ flowRunId, first, last }) => `${flowRunId}/${first}/${last}`);
      try {
        await this.#connection.send(`${this.#sender} ${words.join(",")}`);
      } catch (error) {
        this.#onError(error);
      }
    }
    this.#sending = undefined;
  }

  #receive(message: string): void {
    const [sender, words = ""] = message.split(" ");
    if (sender === this.#sender || !this.#local.isHeard) return;
    const spans = words.split(",").map((word) => {
      const [flowRunId = "", first = "", last = ""] = word.split("/");
      return { flowRunId, first, last };
    });
    this.#incoming = [...this.#incoming, ...spans].slice(-MAX_WAITING_SPANS);
    this.#reading ??= this.#readAll();
  }

  /** Never rejects. */
  async #readAll(): Promise<void> {
    for (let span = this.#incoming.shift(); span !== undefined; span = this.#incoming.shift()) {
      try {
        const logs = await this.#read(span);
        this.#local.publish(logs.filter(({ id }) => this.#told.add(id)));
      } catch (error) {
        this.#onError(error);
      }
    }
    this.#reading = undefined;
  }

  #read({ flowRunId, first, last }: Span): Promise<Log[]> {
    return this.#store.logs.list({
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
}
