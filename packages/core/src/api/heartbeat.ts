/** Tells orchestration that the flow runs of this process are alive. */
import type { OrchestrationApi, RunOwner } from "@sluice/protocol";

export interface HeartbeatOptions {
  readonly api: OrchestrationApi;
  /** This process; asked at the first beat. */
  readonly owner: () => Promise<RunOwner>;
  readonly intervalSeconds: number;
  readonly leaseSeconds: number;
  readonly onTrouble: (message: string, error: unknown) => void;
}

/** Who this process is. */
export async function thisOwner(): Promise<RunOwner> {
  const { currentOwner } = await import("@sluice/orchestration");
  return currentOwner();
}

/** One timer per process renews the leases of all its flow runs; it runs only while there are any. */
export class Heartbeat {
  readonly #options: HeartbeatOptions;
  readonly #flowRunIds = new Set<string>();
  #timer: NodeJS.Timeout | undefined;
  #isInTrouble = false;
  #isBeating = false;

  constructor(options: HeartbeatOptions) {
    this.#options = options;
  }

  /** Starts vouching for a flow run. */
  async add(flowRunId: string): Promise<void> {
    this.#flowRunIds.add(flowRunId);
    this.#timer ??= setInterval(() => void this.#beatAll(), this.#options.intervalSeconds * 1000);
    await this.#beat([flowRunId]);
  }

  remove(flowRunId: string): void {
    this.#flowRunIds.delete(flowRunId);
    if (this.#flowRunIds.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }

  /** One at a time: while the history is slow, beats would queue up before everything else. */
  async #beatAll(): Promise<void> {
    if (this.#isBeating) return;
    this.#isBeating = true;
    await this.#beat([...this.#flowRunIds]);
    this.#isBeating = false;
  }

  async #beat(ids: string[]): Promise<void> {
    try {
      await this.#options.api.flowRuns.heartbeat({
        flow_run_ids: ids,
        owner: await this.#options.owner(),
        lease_seconds: this.#options.leaseSeconds,
      });
      this.#isInTrouble = false;
    } catch (error) {
      if (!this.#isInTrouble)
        this.#options.onTrouble("The heartbeat of the running flows was not taken", error);
      this.#isInTrouble = true;
    }
  }
}
