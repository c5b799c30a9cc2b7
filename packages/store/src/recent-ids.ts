/** The newest ids of a stream, as many as it may hold. */
export class RecentIds {
  readonly #ids = new Set<string>();
  /** In the order they came, from `#oldest` on and round: a set's own first is found only behind all that were deleted. */
  readonly #inOrder: string[] = [];
  readonly #maxIds: number;
  #oldest = 0;

  constructor(maxIds: number) {
    this.#maxIds = maxIds;
  }

  /** Says whether the id is new. */
  add(id: string): boolean {
    if (this.#ids.has(id)) return false;
    this.#ids.add(id);
    if (this.#inOrder.length < this.#maxIds) {
      this.#inOrder.push(id);
      return true;
    }
    this.#ids.delete(this.#inOrder[this.#oldest] ?? "");
    this.#inOrder[this.#oldest] = id;
    this.#oldest = (this.#oldest + 1) % this.#maxIds;
    return true;
  }
}
