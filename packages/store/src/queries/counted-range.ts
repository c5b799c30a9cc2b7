/** Ranges of time in parts: whole spans, in which events were counted as they were written, and what is left at the ends. */

/** The spans that `event_count` has counts of, longest first; each is a multiple of the next. */
const COUNTED_SECONDS: readonly number[] = [3600, 60];
const SECOND = 1_000_000;

/** From an instant up to another, which is not in it; microseconds since the epoch, or infinities. */
export interface TimeRange {
  readonly from: number;
  readonly to: number;
}

/** Spans that follow each other; of a range without a length nothing is counted. */
export interface RangePart {
  readonly range: TimeRange;
  readonly spanSeconds: number | undefined;
}

/** What counts are to be put together to. */
export interface Buckets {
  /** Microseconds since the epoch. */
  readonly origin: number;
  readonly seconds: number;
}

/**
 * The parts of a range, in no order, none of them empty. What is not counted is less than two of the shortest spans, unless
 * buckets are asked for that no span fits in.
 */
export function partsOf(range: TimeRange, buckets?: Buckets): RangePart[] {
  const spans = COUNTED_SECONDS.filter((seconds) => buckets === undefined || isPartOf(seconds, buckets));
  return split(range, spans);
}

function split(range: TimeRange, [spanSeconds, ...shorter]: readonly number[]): RangePart[] {
  if (range.from >= range.to) return [];
  if (spanSeconds === undefined) return [{ range, spanSeconds }];
  const length = spanSeconds * SECOND;
  const from = Math.ceil(range.from / length) * length;
  const to = Math.floor(range.to / length) * length;
  if (from >= to) return split(range, shorter);
  return [
    ...split({ from: range.from, to: from }, shorter),
    { range: { from, to }, spanSeconds },
    ...split({ from: to, to: range.to }, shorter),
  ];
}

function isPartOf(spanSeconds: number, { origin, seconds }: Buckets): boolean {
  return seconds % spanSeconds === 0 && origin % (spanSeconds * SECOND) === 0;
}
