/** Sends what is written in one turn of the event loop together: statements of a transaction share a system call. */
import { Socket } from "node:net";

export class CoalescingSocket extends Socket {
  #isHeld = false;

  override write(
    chunk: string | Uint8Array,
    encoding?: BufferEncoding | ((error?: Error | null) => void),
    callback?: (error?: Error | null) => void,
  ): boolean {
    if (!this.#isHeld) {
      this.#isHeld = true;
      this.cork();
      process.nextTick(() => {
        this.#isHeld = false;
        this.uncork();
      });
    }
    return typeof encoding === "function"
      ? super.write(chunk, encoding)
      : super.write(chunk, encoding, callback);
  }
}
