/** What the events of a flow run's task runs are related to: the run itself, its flow and its deployment. */
import { isSluiceError, type OrchestrationApi } from "@sluice/protocol";
import type { RelatedResource } from "./task-run-events.ts";

type ReadApi = Pick<OrchestrationApi, "flows" | "flowRuns">;

/** Flow runs that are remembered. */
const MAX_FLOW_RUNS = 1000;

export class FlowRunResources {
  readonly #api: ReadApi;
  readonly #known = new Map<string, Promise<readonly RelatedResource[]>>();

  constructor(api: ReadApi) {
    this.#api = api;
  }

  /** Asks the server once per flow run. */
  of(flowRunId: string): Promise<readonly RelatedResource[]> {
    const known = this.#known.get(flowRunId);
    if (known !== undefined) return known;
    const asked = this.#ask(flowRunId);
    this.#known.set(flowRunId, asked);
    asked.catch(() => this.#known.delete(flowRunId));
    const [oldest] = this.#known.keys();
    if (this.#known.size > MAX_FLOW_RUNS && oldest !== undefined) this.#known.delete(oldest);
    return asked;
  }

  async #ask(id: string): Promise<readonly RelatedResource[]> {
    try {
      const run = await this.#api.flowRuns.get(id);
      const flow = await this.#api.flows.get(run.flow_id);
      const deployment = run.deployment_id === null ? [] : [resource("deployment", run.deployment_id)];
      return [resource("flow-run", id, run.name), resource("flow", flow.id, flow.name), ...deployment];
    } catch (error) {
      // A run that was deleted meanwhile: the server decides what becomes of its task runs.
      if (isSluiceError(error, "OBJECT_NOT_FOUND")) return [resource("flow-run", id)];
      throw error;
    }
  }
}

function resource(kind: string, id: string, name?: string): RelatedResource {
  return {
    "prefect.resource.id": `prefect.${kind}.${id}`,
    "prefect.resource.role": kind,
    ...(name === undefined ? {} : { "prefect.resource.name": name }),
  };
}
