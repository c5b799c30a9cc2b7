/** What something is at the time of asking. */
import type { Metric, Sample } from "./metric.ts";

/** A figure that is asked for when it is read, so that nobody has to keep it up to date. */
export function gauge(
  name: string,
  help: string,
  read: () => number | Iterable<Sample> | Promise<Iterable<Sample>>,
): Metric {
  return {
    name,
    help,
    type: "gauge",
    samples: async () => {
      const now = await read();
      return typeof now === "number" ? [{ value: now }] : now;
    },
  };
}
