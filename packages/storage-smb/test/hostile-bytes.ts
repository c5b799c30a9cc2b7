/** What servers may send that mean no good. */

/** Numbers that look random and come again in the next run (xorshift). */
export function* numbersFrom(seed: number): Generator<number, never> {
  for (let state = seed; ; ) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    yield state >>> 0;
  }
}

/** All beginnings of the bytes, then the bytes with some of them replaced, then bytes of nothing but chance. */
export function* hostileForms(bytes: Buffer, rounds: number): Generator<Buffer> {
  for (let length = 0; length < bytes.length; length += 1) yield bytes.subarray(0, length);
  const numbers = numbersFrom(bytes.length + 1);
  const next = (below: number): number => numbers.next().value % below;
  for (let round = 0; round < rounds; round += 1) {
    const changed = Buffer.from(bytes);
    // Fields of all lengths, at any place, and the limits among their values.
    for (let count = 1 + next(4); count > 0; count -= 1) {
      const at = next(changed.length);
      const value = [0, 1, 0x7f, 0xff, next(256)][next(5)] ?? 0;
      changed.fill(value, at, Math.min(changed.length, at + 2 ** next(4)));
    }
    yield changed;
    yield Buffer.from(Array.from({ length: next(bytes.length * 2) }, () => next(256)));
  }
}
