/** One figure beside a baseline measured in the same run, so that it means something on any machine. */

export interface Measurement {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  /** What the same machine needs, in the same unit, for the least that could do the job. */
  readonly baseline: number;
  readonly ratio: number;
  /** What the baseline is. */
  readonly against: string;
  /** What is aimed at on a quiet machine of two cores, such as `≤ 5 ms` or `≥ 20 ×`; shown, never enforced. */
  readonly target: string;
}

export type Benchmark = () => Promise<Measurement[]>;

export interface Figures {
  readonly name: string;
  readonly unit: string;
  readonly value: number;
  readonly baseline: number;
  readonly against: string;
  /** The most `value` may be; or what the ratio has to be. */
  readonly target: number | RatioTarget;
}

export type RatioTarget = { readonly leastRatio: number } | { readonly mostRatio: number };

/** Rounds the figures, adds their ratio and words the target. */
export function measurement(figures: Figures): Measurement {
  return {
    ...figures,
    target: targetText(figures),
    value: rounded(figures.value),
    baseline: rounded(figures.baseline),
    ratio: rounded(figures.value / figures.baseline),
  };
}

function targetText({ target, unit }: Figures): string {
  if (typeof target === "number") return `≤ ${target} ${unit}`;
  return "leastRatio" in target ? `≥ ${target.leastRatio} ×` : `≤ ${target.mostRatio} ×`;
}

/** The middle of some figures. */
export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** Milliseconds that `work` takes. */
export async function elapsedMs(work: () => unknown): Promise<number> {
  const start = performance.now();
  await work();
  return performance.now() - start;
}

function rounded(value: number): number {
  return Number(value.toPrecision(4));
}
