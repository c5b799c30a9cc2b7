/** Lists cut to what one request may carry. */

export interface BatchLimits {
  readonly maxItems: number;
  readonly maxBytes: number;
}

/** JSON arrays that together hold all items in order; one that is too large for `maxBytes` is alone in its array. */
export function* jsonBatches(items: Iterable<unknown>, limits: BatchLimits): Generator<string, void> {
  let batch: string[] = [];
  let bytes = 0;
  for (const item of items) {
    const text = JSON.stringify(item);
    const size = Buffer.byteLength(text) + 1;
    if (batch.length > 0 && (batch.length === limits.maxItems || bytes + size > limits.maxBytes)) {
      yield `[${batch.join(",")}]`;
      batch = [];
      bytes = 0;
    }
    batch.push(text);
    bytes += size;
  }
  if (batch.length > 0) yield `[${batch.join(",")}]`;
}
