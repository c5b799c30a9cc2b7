/** The figures of a server, for Prometheus. */
import type { Store } from "@sluice/orchestration";
import type { AnsweredRequest } from "../http/observe-requests.ts";
import { Counter } from "./counter.ts";
import { Histogram } from "./histogram.ts";
import { exposition, type Metric } from "./metric.ts";
import { type ProcessMetrics, processMetrics } from "./process-metrics.ts";
import { runMetrics } from "./run-metrics.ts";

export class ServerMetrics {
  readonly #requests = new Counter("sluice_http_requests_total", "Requests that were answered");
  readonly #durations = new Histogram(
    "sluice_http_request_duration_seconds",
    "Time from the head of a request to the head of its answer",
  );
  readonly #serviceRuns = new Counter("sluice_service_runs_total", "Runs of background services");
  readonly #serviceDurations = new Histogram(
    "sluice_service_run_duration_seconds",
    "Time that a run of a background service took",
  );
  readonly #process: ProcessMetrics = processMetrics();
  readonly #metrics: Metric[];

  constructor(store: Store) {
    this.#metrics = [
      this.#requests,
      this.#durations,
      this.#serviceRuns,
      this.#serviceDurations,
      runMetrics(store),
      ...this.#process.metrics,
    ];
  }

  /** Adds figures of another part of the server. */
  add(...metrics: readonly Metric[]): void {
    this.#metrics.push(...metrics);
  }

  countRequest({ method, route, status, seconds }: AnsweredRequest): void {
    this.#requests.add({ method, route, status });
    this.#durations.observe({ method, route }, seconds);
  }

  countServiceRun(run: {
    readonly service: string;
    readonly isFailed: boolean;
    readonly seconds: number;
  }): void {
    const { service, isFailed, seconds } = run;
    this.#serviceRuns.add({ service, outcome: isFailed ? "failed" : "ok" });
    this.#serviceDurations.observe({ service }, seconds);
  }

  /** In Prometheus' text format. */
  text(): Promise<string> {
    return exposition(this.#metrics);
  }

  /** Frees what measures in the background. */
  stop(): void {
    this.#process.stop();
  }
}
