/** Changes collections in a way that can be taken back, so that a transaction in memory can fail as a whole. */

/** Writes to maps, sets and sorted arrays; between `begin` and `commit` it notes how to take each write back. */
export class Journal {
  /** How to take back what was done, oldest first; absent outside transactions, where nothing is taken back. */
  #undo: (() => void)[] | undefined;

  begin(): void {
    this.#undo = [];
  }

  commit(): void {
    this.#undo = undefined;
  }

  rollback(): void {
    const undo = this.#undo ?? [];
    this.#undo = undefined;
    for (const step of undo.toReversed()) step();
  }

  set<K, V>(map: Map<K, V>, key: K, value: V): void {
    if (this.#undo !== undefined) {
      const before = map.get(key);
      this.#undo.push(before === undefined ? () => map.delete(key) : () => map.set(key, before));
    }
    map.set(key, value);
  }

  delete<K, V>(map: Map<K, V>, key: K): void {
    const before = map.get(key);
    if (before === undefined) return;
    this.#undo?.push(() => map.set(key, before));
    map.delete(key);
  }

  add<T>(set: Set<T>, item: T): void {
    if (set.has(item)) return;
    this.#undo?.push(() => set.delete(item));
    set.add(item);
  }

  drop<T>(set: Set<T>, item: T): void {
    if (set.delete(item)) this.#undo?.push(() => set.add(item));
  }

  /** Puts `item` in its place in a sorted array, unless an equal one is there; says whether it did. */
  insertSorted<T>(array: T[], item: T, compare: (a: T, b: T) => number): boolean {
    let low = 0;
    let high = array.length;
    // What is newest comes last as a rule.
    const last = array.at(-1);
    if (last !== undefined && compare(item, last) > 0) low = high;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const order = compare(item, array[middle] as T);
      if (order === 0) return false;
      if (order > 0) low = middle + 1;
      else high = middle;
    }
    if (low === array.length) array.push(item);
    else array.splice(low, 0, item);
    this.#undo?.push(() => array.splice(array.indexOf(item), 1));
    return true;
  }
}
