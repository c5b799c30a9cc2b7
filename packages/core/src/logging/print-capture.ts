/** Makes what runs print with `console` lines of their logs. */
import { format } from "node:util";
import type { Logger } from "./logger.ts";

const LEVELS = { log: "info", info: "info", warn: "warn", error: "error", debug: "debug" } as const;

type ConsoleMethod = keyof typeof LEVELS;
type Print = (...args: unknown[]) => void;

const METHODS = Object.keys(LEVELS) as readonly ConsoleMethod[];

interface Patch {
  readonly console: Console;
  readonly originals: Readonly<Record<ConsoleMethod, Print>>;
  readonly replacements: Readonly<Record<ConsoleMethod, Print>>;
}

/**
 * Captures `console.log`, `info`, `warn`, `error` and `debug` of code for which `currentLogger` gives a logger; whatever
 * else prints is not touched. One per process: `console` is patched when the first run acquires it and restored when the
 * last one has released it.
 */
export class PrintCapture {
  readonly #currentLogger: () => Logger | undefined;
  #patch: Patch | undefined;
  #holders = 0;
  /** Set while a captured line is on its way, so that a sink that prints does not feed itself. */
  #isLogging = false;

  constructor(currentLogger: () => Logger | undefined) {
    this.#currentLogger = currentLogger;
  }

  /** Captures until the returned function is called; calling it again does nothing. */
  acquire(): () => void {
    this.#holders += 1;
    this.#patch ??= this.#apply(globalThis.console);
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      this.#holders -= 1;
      if (this.#holders === 0) this.#restore();
    };
  }

  #apply(console: Console): Patch {
    const originals = mapMethods((method): Print => console[method]);
    const replacements = mapMethods((method) => this.#replacement(method, originals[method], console));
    for (const method of METHODS) console[method] = replacements[method];
    return { console, originals, replacements };
  }

  #replacement(method: ConsoleMethod, original: Print, console: Console): Print {
    return (...args) => {
      const logger = this.#holders === 0 || this.#isLogging ? undefined : this.#currentLogger();
      if (logger === undefined) {
        original.apply(console, args);
        return;
      }
      this.#isLogging = true;
      try {
        logger[LEVELS[method]](format(...args));
      } finally {
        this.#isLogging = false;
      }
    };
  }

  #restore(): void {
    if (this.#patch === undefined) return;
    const { console, originals, replacements } = this.#patch;
    // Somebody may have wrapped our functions since. Theirs stay, and ours, still below them, pass everything through.
    if (METHODS.some((method) => console[method] !== replacements[method])) return;
    for (const method of METHODS) console[method] = originals[method];
    this.#patch = undefined;
  }
}

function mapMethods(make: (method: ConsoleMethod) => Print): Record<ConsoleMethod, Print> {
  return {
    log: make("log"),
    info: make("info"),
    warn: make("warn"),
    error: make("error"),
    debug: make("debug"),
  };
}
