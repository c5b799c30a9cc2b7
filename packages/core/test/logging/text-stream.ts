/** A stream that keeps its text, and may pass for a terminal. */
import { Writable } from "node:stream";

export class TextStream extends Writable {
  readonly isTTY: boolean;
  text = "";

  constructor(options: { readonly isTTY: boolean }) {
    super();
    this.isTTY = options.isTTY;
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.text += chunk.toString();
    done();
  }
}
