/** Packets over TCP: each has its length before it (MS-SMB2 2.1). */

const LENGTH_BYTES = 4;

export function packetOf(message: Buffer): Buffer {
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32BE(message.length);
  return Buffer.concat([length, message]);
}

/** Puts packets together from what comes. */
export class PacketReader {
  readonly #onPacket: (packet: Buffer) => void;
  #chunks: Buffer[] = [];
  #held = 0;

  constructor(onPacket: (packet: Buffer) => void) {
    this.#onPacket = onPacket;
  }

  add(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#held += chunk.length;
    for (let length = this.#nextLength(); length !== undefined; length = this.#nextLength()) {
      this.#take(LENGTH_BYTES);
      this.#onPacket(this.#take(length));
    }
  }

  /** Of the next packet, if all of it is there. The first byte is no part of the length. */
  #nextLength(): number | undefined {
    if (this.#held < LENGTH_BYTES) return undefined;
    this.#joinAtLeast(LENGTH_BYTES);
    const length = (this.#chunks[0]?.readUInt32BE(0) ?? 0) & 0xffffff;
    return this.#held >= LENGTH_BYTES + length ? length : undefined;
  }

  #take(bytes: number): Buffer {
    this.#joinAtLeast(bytes);
    const first = this.#chunks[0] ?? Buffer.alloc(0);
    if (first.length === bytes) this.#chunks.shift();
    else this.#chunks[0] = first.subarray(bytes);
    this.#held -= bytes;
    return first.subarray(0, bytes);
  }

  #joinAtLeast(bytes: number): void {
    if ((this.#chunks[0]?.length ?? 0) < bytes) this.#chunks = [Buffer.concat(this.#chunks)];
  }
}
