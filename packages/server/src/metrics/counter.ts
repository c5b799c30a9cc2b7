/** Counts per labels. */
import type { Labels, Metric, Sample } from "./metric.ts";

export class Counter implements Metric {
  readonly type = "counter";
  readonly name: string;
  readonly help: string;
  readonly #counts = new Map<string, { readonly labels: Labels; value: number }>();

  /** `name` ends in `_total`. */
  constructor(name: string, help: string) {
    this.name = name;
    this.help = help;
  }

  add(labels: Labels, amount = 1): void {
    const key = Object.values(labels).join("\0");
    const count = this.#counts.get(key);
    if (count === undefined) this.#counts.set(key, { labels, value: amount });
    else count.value += amount;
  }

  samples(): Iterable<Sample> {
    return this.#counts.values();
  }
}
