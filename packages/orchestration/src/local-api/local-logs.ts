/** Log lines of the in-process API. */
import type { ApiCallOptions, Log, LogCreate, LogQuery, LogsApi } from "@sluice/protocol";
import { logQuery } from "../filters/run-queries.ts";
import type { LocalContext } from "./local-context.ts";
import { checkQuery } from "./requests.ts";

/** Keeps and finds log lines. */
export class LocalLogs implements LogsApi {
  readonly #context: LocalContext;

  constructor(context: LocalContext) {
    this.#context = context;
  }

  async create(logs: readonly LogCreate[], options?: ApiCallOptions): Promise<void> {
    options?.signal?.throwIfAborted();
    if (logs.length === 0) return;
    const now = this.#context.now();
    const lines = logs.map((log) => this.#toLog(log, now));
    await this.#context.store.logs.insert(lines);
    this.#context.logFeed?.publish(lines);
  }

  async filter(query: LogQuery, options?: ApiCallOptions): Promise<Log[]> {
    checkQuery(query, options);
    return this.#context.store.logs.list(logQuery(query));
  }

  #toLog(log: LogCreate, now: string): Log {
    return {
      id: log.id ?? this.#context.newId(),
      created: now,
      updated: now,
      name: log.name,
      level: log.level,
      // Not every database can keep the character NUL.
      message: log.message.replaceAll("\0", ""),
      timestamp: log.timestamp,
      flow_run_id: log.flow_run_id ?? null,
      task_run_id: log.task_run_id ?? null,
    };
  }
}
