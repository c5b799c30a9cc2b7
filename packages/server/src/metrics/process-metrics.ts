/** Figures of the process, by the names that Prometheus' own libraries give them. */
import { type IntervalHistogram, monitorEventLoopDelay } from "node:perf_hooks";
import { gauge } from "./gauge.ts";
import type { Metric } from "./metric.ts";

const MICROSECONDS = 1_000_000;
const NANOSECONDS = 1_000_000_000;
const DELAY_RESOLUTION_MS = 20;

export interface ProcessMetrics {
  readonly metrics: readonly Metric[];
  stop(): void;
}

export function processMetrics(): ProcessMetrics {
  const delay = monitorEventLoopDelay({ resolution: DELAY_RESOLUTION_MS });
  delay.enable();
  return {
    metrics: [
      {
        name: "process_cpu_seconds_total",
        help: "CPU time of the process",
        type: "counter",
        samples: () => {
          const { user, system } = process.cpuUsage();
          return [{ value: (user + system) / MICROSECONDS }];
        },
      },
      gauge("process_resident_memory_bytes", "Resident memory of the process", () =>
        process.memoryUsage.rss(),
      ),
      gauge(
        "process_start_time_seconds",
        "When the process started, in seconds since 1970",
        () => Math.round((performance.timeOrigin / 1000) * 1000) / 1000,
      ),
      gauge(
        "nodejs_heap_size_used_bytes",
        "Memory in use by JavaScript",
        () => process.memoryUsage().heapUsed,
      ),
      gauge(
        "nodejs_eventloop_lag_p99_seconds",
        "99th percentile of the event loop's delay since the last look",
        () => delayAndReset(delay),
      ),
    ],
    stop: () => void delay.disable(),
  };
}

function delayAndReset(delay: IntervalHistogram): number {
  const seconds = delay.percentile(99) / NANOSECONDS;
  delay.reset();
  return seconds;
}
