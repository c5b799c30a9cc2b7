/** Flows of the in-process API. */
import {
  type ApiCallOptions,
  type Flow,
  type FlowCreate,
  type FlowPage,
  type FlowPageQuery,
  type FlowQuery,
  type FlowsApi,
  type FlowsDelete,
  type FlowUpdate,
  InvalidRequestError,
  ObjectNotFoundError,
} from "@sluice/protocol";
import { flowQuery } from "../filters/run-queries.ts";
import { deleteFlow } from "./delete-flow.ts";
import type { LocalContext } from "./local-context.ts";
import { pageOfAll } from "./pages.ts";
import { checkQuery, givenMembers } from "./requests.ts";
import { tellLifecycle } from "./tell.ts";

const MAX_BULK = 50;
/** Names become parts of paths and routes. */
const FORBIDDEN = /[/%&><]/u;

/** Makes and finds flows. */
export class LocalFlows implements FlowsApi {
  readonly #context: LocalContext;

  constructor(context: LocalContext) {
    this.#context = context;
  }

  async create(flow: FlowCreate, options?: ApiCallOptions): Promise<Flow> {
    options?.signal?.throwIfAborted();
    if (flow.name === "" || FORBIDDEN.test(flow.name)) {
      throw new InvalidRequestError(
        `A flow cannot be named ${JSON.stringify(flow.name)}. Use a name that is not empty and has none of / % & > <.`,
      );
    }
    return this.#context.transaction(options, async (store, moment) => {
      const { flow: stored, created } = await store.flows.insert({
        id: moment.newId(),
        created: moment.now,
        updated: moment.now,
        name: flow.name,
        tags: flow.tags ?? [],
        labels: flow.labels ?? {},
      });
      if (created) tellLifecycle({ kind: "flow", action: "created", id: stored.id, name: flow.name }, moment);
      return stored;
    });
  }

  async get(id: string, options?: ApiCallOptions): Promise<Flow> {
    options?.signal?.throwIfAborted();
    const flow = await this.#context.store.flows.find(id);
    if (flow === undefined) throw new ObjectNotFoundError("flow", id);
    return flow;
  }

  async getByName(name: string, options?: ApiCallOptions): Promise<Flow> {
    options?.signal?.throwIfAborted();
    const where = { type: "equals", member: "name", value: name } as const;
    const [flow] = await this.#context.store.flows.list({ where, limit: 1 });
    if (flow === undefined) throw new ObjectNotFoundError("flow", name);
    return flow;
  }

  async update(id: string, changes: FlowUpdate, options?: ApiCallOptions): Promise<void> {
    await this.#context.transaction(options, async (store, moment) => {
      const flow = await store.flows.find(id);
      if (flow === undefined) throw new ObjectNotFoundError("flow", id);
      await store.flows.update(id, { ...givenMembers(changes), updated: moment.now });
      tellLifecycle({ kind: "flow", action: "updated", id, name: flow.name }, moment);
    });
  }

  async delete(id: string, options?: ApiCallOptions): Promise<void> {
    await this.get(id, options);
    await deleteFlow(this.#context, id, options);
  }

  async filter(query: FlowQuery, options?: ApiCallOptions): Promise<Flow[]> {
    checkQuery(query, options);
    return this.#context.store.flows.list(flowQuery(query));
  }

  async count(query: FlowQuery, options?: ApiCallOptions): Promise<number> {
    checkQuery(query, options);
    return this.#context.store.flows.count(flowQuery(query).where);
  }

  paginate(query: FlowPageQuery, options?: ApiCallOptions): Promise<FlowPage> {
    return pageOfAll(this, query, options);
  }

  async bulkDelete(request: FlowsDelete, options?: ApiCallOptions): Promise<{ deleted: string[] }> {
    const limit = Math.min(request.limit ?? MAX_BULK, MAX_BULK);
    const flows = await this.filter({ flows: request.flows, limit }, options);
    for (const { id } of flows) await deleteFlow(this.#context, id, options);
    return { deleted: flows.map(({ id }) => id) };
  }
}
