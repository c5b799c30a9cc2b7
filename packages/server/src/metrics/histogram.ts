/** How often values fell into buckets, per labels. */
import type { Labels, Metric, Sample } from "./metric.ts";

/** From a millisecond to ten seconds. */
const SECONDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10] as const;

interface Distribution {
  readonly labels: Labels;
  /** Per bucket, not cumulative; the last is for what is above all bounds. */
  readonly counts: number[];
  sum: number;
}

/** A histogram of seconds. */
export class Histogram implements Metric {
  readonly type = "histogram";
  readonly name: string;
  readonly help: string;
  readonly #distributions = new Map<string, Distribution>();

  /** `name` ends in `_seconds`. */
  constructor(name: string, help: string) {
    this.name = name;
    this.help = help;
  }

  observe(labels: Labels, seconds: number): void {
    const key = Object.values(labels).join("\0");
    let distribution = this.#distributions.get(key);
    if (distribution === undefined) {
      distribution = { labels, counts: Array.from({ length: SECONDS.length + 1 }, () => 0), sum: 0 };
      this.#distributions.set(key, distribution);
    }
    const bound = SECONDS.findIndex((limit) => seconds <= limit);
    const bucket = bound === -1 ? SECONDS.length : bound;
    distribution.counts[bucket] = (distribution.counts[bucket] ?? 0) + 1;
    distribution.sum += seconds;
  }

  *samples(): Iterable<Sample> {
    for (const { labels, counts, sum } of this.#distributions.values()) {
      let total = 0;
      for (const [index, count] of counts.entries()) {
        total += count;
        yield { suffix: "_bucket", labels: { ...labels, le: SECONDS[index] ?? "+Inf" }, value: total };
      }
      yield { suffix: "_sum", labels, value: sum };
      yield { suffix: "_count", labels, value: total };
    }
  }
}
