/** A line at the bottom of the terminal that is rewritten in place. */
import type { OutputStream, Terminal } from "../output/terminal.ts";

const ERASE = "\r\u001b[2K";
const DEFAULT_COLUMNS = 80;

/**
 * Shows one line on standard error below whatever else is printed: what anybody writes to the terminal meanwhile takes
 * the line's place, and the line comes back below it at the next `show`.
 */
export class StatusLine {
  readonly #stream: OutputStream;
  readonly #write: OutputStream["write"];
  readonly #restore: readonly (() => void)[];
  #isShown = false;
  #shown = "";
  /** Whether the cursor is where a line begins; text without a newline at its end must not be overwritten. */
  #isAtLineStart = true;

  constructor({ stdout, stderr }: Terminal) {
    this.#stream = stderr;
    this.#write = stderr.write.bind(stderr);
    this.#restore = [stdout, stderr]
      .filter((stream) => stream.isTTY === true)
      .map((stream) => this.#guard(stream));
  }

  /** Replaces the line. */
  show(text: string): void {
    if (!this.#isAtLineStart || (this.#isShown && text === this.#shown)) return;
    const columns = this.#stream.columns ?? DEFAULT_COLUMNS;
    this.#write(`${ERASE}${[...text].slice(0, columns - 1).join("")}`);
    this.#isShown = true;
    this.#shown = text;
  }

  /** Removes the line and leaves the streams as they were. */
  end(): void {
    this.#erase();
    for (const restore of this.#restore) restore();
  }

  #erase(): void {
    if (this.#isShown) this.#write(ERASE);
    this.#isShown = false;
  }

  #guard(stream: OutputStream): () => void {
    const { write } = stream;
    stream.write = (...args) => {
      this.#erase();
      const [text] = args;
      this.#isAtLineStart = endsLine(text);
      return Reflect.apply(write, stream, args);
    };
    return () => {
      stream.write = write;
    };
  }
}

/** Streams take bytes too. */
function endsLine(written: string | Uint8Array): boolean {
  if (typeof written === "string") return written === "" || written.endsWith("\n");
  return written.length === 0 || written.at(-1) === 0x0a;
}
