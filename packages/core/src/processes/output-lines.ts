/** An output in lines, of which none grows without bound. */
import { stripVTControlCharacters } from "node:util";

const NEWLINE = 0x0a;
const RETURN = 0x0d;
/** Longer lines are cut. */
const MAX_LINE_BYTES = 8192;

/**
 * Calls back for each line: without colours and control characters, and cut when it is long. Of a line that a program writes
 * again and again, as progress bars are, the last version is the line.
 */
export class OutputLines {
  readonly #onLine: (line: string) => void;
  #pieces: Buffer[] = [];
  #keptBytes = 0;
  #lineBytes = 0;
  /** A return was the last byte: a new version of the line begins, unless a newline follows. */
  #isReturned = false;

  constructor(onLine: (line: string) => void) {
    this.#onLine = onLine;
  }

  add(chunk: Buffer): void {
    for (let start = 0; start < chunk.length; ) {
      const end = endOfPiece(chunk, start);
      if (end > start) this.#addPiece(chunk.subarray(start, end));
      const byte = chunk[end];
      if (byte === NEWLINE) this.#endLine();
      else if (byte === RETURN) this.#isReturned = true;
      start = end + 1;
    }
  }

  /** The output has ended, maybe in the middle of a line. */
  end(): void {
    if (this.#lineBytes > 0) this.#endLine();
  }

  #addPiece(piece: Buffer): void {
    if (this.#isReturned) this.#clear();
    this.#lineBytes += piece.length;
    const kept = piece.subarray(0, MAX_LINE_BYTES - this.#keptBytes);
    // A copy: the rest of the chunk would stay in memory with it.
    if (kept.length > 0) this.#pieces.push(Buffer.from(kept));
    this.#keptBytes += kept.length;
  }

  #endLine(): void {
    const text = shownText(Buffer.concat(this.#pieces).toString("utf8"));
    const isCut = this.#lineBytes > this.#keptBytes;
    const line = isCut ? `${text}… (${this.#lineBytes} bytes)` : text;
    this.#clear();
    if (line.trim() !== "") this.#onLine(line);
  }

  #clear(): void {
    this.#pieces = [];
    this.#keptBytes = 0;
    this.#lineBytes = 0;
    this.#isReturned = false;
  }
}

function endOfPiece(chunk: Buffer, start: number): number {
  const newline = indexOrEnd(chunk, NEWLINE, start);
  // Looked for only before the newline, or a long chunk without returns would be searched once for each of its lines.
  const returned = chunk.subarray(start, newline).indexOf(RETURN);
  return returned === -1 ? newline : start + returned;
}

function indexOrEnd(chunk: Buffer, byte: number, start: number): number {
  const index = chunk.indexOf(byte, start);
  return index === -1 ? chunk.length : index;
}

/** Logs are texts: databases refuse a NUL in one, and terminals obey what other characters say. */
function shownText(text: string): string {
  return stripVTControlCharacters(text).replace(/(?!\t)\p{Cc}/gu, "\ufffd");
}
