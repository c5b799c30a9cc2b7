/** Flows of the in-process API. */
import {
  type ApiCallOptions,
  type Flow,
  type FlowCreate,
  type FlowQuery,
  type FlowsApi,
  InvalidRequestError,
  ObjectNotFoundError,
} from "@sluice/protocol";
import { flowQuery } from "../filters/run-queries.ts";
import type { LocalContext } from "./local-context.ts";
import { checkQuery } from "./requests.ts";
import { tellLifecycle } from "./tell.ts";

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

  async filter(query: FlowQuery, options?: ApiCallOptions): Promise<Flow[]> {
    checkQuery(query, options);
    return this.#context.store.flows.list(flowQuery(query));
  }

  async count(query: FlowQuery, options?: ApiCallOptions): Promise<number> {
    checkQuery(query, options);
    return this.#context.store.flows.count(flowQuery(query).where);
  }
}
