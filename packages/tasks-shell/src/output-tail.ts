/** The end of an output that may be long. */

export class OutputTail {
  readonly #maxBytes: number;
  #chunks: Buffer[] = [];
  #keptBytes = 0;
  #totalBytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Whether its beginning is missing. */
  get isCut(): boolean {
    return this.#totalBytes > this.#maxBytes;
  }

  add(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#keptBytes += chunk.length;
    this.#totalBytes += chunk.length;
    // Now and then is enough, and costs less than each time.
    if (this.#keptBytes > 2 * this.#maxBytes) this.#chunks = [this.#joined()];
  }

  /** What is no UTF-8 in it becomes `�`; a character that was cut in two is left out. */
  text(): string {
    const bytes = this.#joined();
    const start = this.isCut ? bytes.findIndex((byte) => (byte & 0xc0) !== 0x80) : 0;
    return bytes.toString("utf8", Math.max(start, 0));
  }

  /** A copy, so that the rest of what came is not kept by what is left of it. */
  #joined(): Buffer {
    const bytes = Buffer.concat(this.#chunks);
    const kept = Buffer.from(bytes.subarray(Math.max(0, bytes.length - this.#maxBytes)));
    this.#keptBytes = kept.length;
    return kept;
  }
}
