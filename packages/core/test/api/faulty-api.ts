/** A history in memory that fails, hangs or answers as a test says. */
import { LocalApi, MemoryStore } from "@sluice/orchestration";
import { HistoryUnavailableError, type OrchestrationApi } from "@sluice/protocol";
import { never } from "../engine-fixture.ts";

export type Fault = "none" | "fails" | "hangs" | "loses answers";

export class FaultyApi implements OrchestrationApi {
  fault: Fault = "none";
  /** What calls wait for before they reach the history. */
  gate: Promise<void> | undefined;
  /** Calls that reached the history, by name. */
  readonly calls: string[] = [];
  readonly #api: OrchestrationApi = new LocalApi({ store: new MemoryStore() });

  readonly location = "faulty";
  readonly flows: OrchestrationApi["flows"] = this.#api.flows;
  readonly deployments: OrchestrationApi["deployments"] = this.#api.deployments;
  readonly events: OrchestrationApi["events"] = this.#api.events;
  readonly concurrencyLimits: OrchestrationApi["concurrencyLimits"] = this.#api.concurrencyLimits;
  readonly tagLimits: OrchestrationApi["tagLimits"] = this.#api.tagLimits;
  readonly workPools: OrchestrationApi["workPools"] = this.#api.workPools;
  readonly poolQueues: OrchestrationApi["poolQueues"] = this.#api.poolQueues;
  readonly workQueues: OrchestrationApi["workQueues"] = this.#api.workQueues;
  readonly workers: OrchestrationApi["workers"] = this.#api.workers;
  readonly variables: OrchestrationApi["variables"] = this.#api.variables;
  readonly artifacts: OrchestrationApi["artifacts"] = this.#api.artifacts;
  readonly blockTypes: OrchestrationApi["blockTypes"] = this.#api.blockTypes;
  readonly blockSchemas: OrchestrationApi["blockSchemas"] = this.#api.blockSchemas;
  readonly blockDocuments: OrchestrationApi["blockDocuments"] = this.#api.blockDocuments;
  readonly savedSearches: OrchestrationApi["savedSearches"] = this.#api.savedSearches;
  readonly resultStorage: OrchestrationApi["resultStorage"] = this.#api.resultStorage;
  readonly ui: OrchestrationApi["ui"] = this.#api.ui;
  readonly taskRuns: OrchestrationApi["taskRuns"] = this.#guarded(this.#api.taskRuns, ["record"]);
  readonly logs: OrchestrationApi["logs"] = this.#guarded(this.#api.logs, ["create"]);
  readonly flowRuns: OrchestrationApi["flowRuns"] = this.#guarded(this.#api.flowRuns, [
    "setState",
    "heartbeat",
  ]);

  close(): Promise<void> {
    return this.#api.close();
  }

  /** `noun` with the fault in some of its methods. */
  #guarded<T extends object>(noun: T, methods: readonly (keyof T & string)[]): T {
    return new Proxy(noun, {
      get: (target, name) => {
        const method: unknown = Reflect.get(target, name);
        if (typeof method !== "function") return method;
        if (!methods.some((each) => each === name)) return method.bind(target);
        return (...args: unknown[]) => this.#call(String(name), () => method.apply(target, args));
      },
    });
  }

  async #call(name: string, call: () => unknown): Promise<unknown> {
    const { fault } = this;
    if (fault === "fails") throw new HistoryUnavailableError("The disk of the test is full.");
    if (fault === "hangs") return never();
    await this.gate;
    this.calls.push(name);
    const answer = await call();
    if (fault === "loses answers") throw new HistoryUnavailableError("The answer got lost.");
    return answer;
  }
}
