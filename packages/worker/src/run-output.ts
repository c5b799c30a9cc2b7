/** What a job writes, on its way to the log of its run. */

import { type Logger, redactSecrets } from "@sluice/core";
import { LOG_LEVELS, type LogCreate, newId, type OrchestrationApi } from "@sluice/protocol";

const SEND_MS = 1000;
/** More lines than these are not kept while the server is slow. */
const MAX_WAITING = 2000;
/** How much of the end is told when the job crashes. */
const TAIL_LINES = 10;

export interface RunOutputOptions {
  readonly api: Pick<OrchestrationApi, "logs">;
  readonly flowRunId: string;
  /** Whether lines go to the log of the run: those of programs that log by themselves do not, but for their end. */
  readonly isSent: boolean;
  /** Shown where the worker runs. */
  readonly show: ((line: string) => void) | undefined;
  readonly logger: Logger;
}

/** Lines are sent together, once a second. */
export class RunOutput {
  readonly #options: RunOutputOptions;
  #waiting: LogCreate[] = [];
  readonly #tail: string[] = [];
  #lost = 0;
  #timer: NodeJS.Timeout | undefined;
  #sending: Promise<void> = Promise.resolve();

  constructor(options: RunOutputOptions) {
    this.#options = options;
  }

  readonly add = (written: string, stream: "stdout" | "stderr"): void => {
    const line = redactSecrets(written);
    this.#options.show?.(line);
    this.#tail.push(line);
    if (this.#tail.length > TAIL_LINES) this.#tail.shift();
    if (this.#options.isSent) this.#keep(line, stream === "stderr" ? "error" : "info");
  };

  /** What was written last. */
  tail(): readonly string[] {
    return this.#tail;
  }

  /** A line of the worker's own. */
  note(line: string): void {
    this.#keep(redactSecrets(line), "error");
  }

  /** Resolves when everything was sent, or could not be. */
  async end(): Promise<void> {
    clearTimeout(this.#timer);
    if (this.#lost > 0) this.note(`${this.#lost} lines are not here: there were too many at once.`);
    await this.#send();
  }

  #keep(message: string, level: "info" | "error"): void {
    if (this.#waiting.length >= MAX_WAITING) {
      this.#lost += 1;
      return;
    }
    this.#waiting.push({
      id: newId(),
      name: "sluice.worker",
      level: LOG_LEVELS[level],
      message,
      timestamp: new Date().toISOString(),
      flow_run_id: this.#options.flowRunId,
    });
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.#send();
    }, SEND_MS);
  }

  #send(): Promise<void> {
    this.#sending = this.#sending.then(async () => {
      const lines = this.#waiting;
      this.#waiting = [];
      if (lines.length === 0) return;
      try {
        await this.#options.api.logs.create(lines);
      } catch (error) {
        this.#options.logger.warn("Output of a flow run could not be sent to its log", {
          flowRunId: this.#options.flowRunId,
          lines: lines.length,
          error,
        });
      }
    });
    return this.#sending;
  }
}
