/** Lines of an output on their way to the log. */
import type { Logger } from "@sluice/core";

/** A command that writes without end must not fill the history. */
const MAX_LINES = 10_000;

export class LoggedLines {
  readonly #logger: Logger;
  readonly #isOn: boolean;
  #count = 0;

  constructor(logger: Logger, isOn: boolean) {
    this.#logger = logger;
    this.#isOn = isOn;
  }

  add(line: string): void {
    if (!this.#isOn) return;
    this.#count += 1;
    if (this.#count <= MAX_LINES) this.#logger.info(line);
    else if (this.#count === MAX_LINES + 1) {
      this.#logger.warn("The command writes many lines; from here they are not logged", {
        logged: MAX_LINES,
      });
    }
  }

  end(): void {
    const left = this.#count - MAX_LINES;
    if (left > 0) this.#logger.warn("Lines of the command were not logged", { lines: left });
  }
}
