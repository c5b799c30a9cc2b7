/** Variables of the in-process API. */
import {
  type ApiCallOptions,
  ConflictError,
  InvalidRequestError,
  ObjectNotFoundError,
  type Variable,
  type VariableCreate,
  type VariableQuery,
  type VariablesApi,
  type VariableUpdate,
} from "@sluice/protocol";
import { variableQuery } from "../filters/variable-filters.ts";
import { jsonCopy } from "../json-copy.ts";
import type { Store } from "../store.ts";
import type { LocalContext, Moment } from "./local-context.ts";
import { checkQuery } from "./requests.ts";
import { tellLifecycle } from "./tell.ts";

const NAME = /^[a-z0-9_-]{1,255}$/u;
const LONGEST_VALUE = 5000;

type Find = (store: Store) => Promise<Variable>;

/** Makes, changes and finds named values. */
export class LocalVariables implements VariablesApi {
  readonly #context: LocalContext;

  constructor(context: LocalContext) {
    this.#context = context;
  }

  async create(create: VariableCreate, options?: ApiCallOptions): Promise<Variable> {
    requireName(create.name);
    const value = requireValue(create.name, create.value);
    return this.#context.transaction(options, async (store, moment) => {
      const { object, created } = await store.objects("variable").insert({
        id: moment.newId(),
        created: moment.now,
        updated: moment.now,
        name: create.name,
        value,
        tags: create.tags ?? [],
      });
      if (!created) throw new ConflictError(`A variable with the name ${create.name} already exists.`);
      tell("created", object, moment);
      return object;
    });
  }

  async get(id: string, options?: ApiCallOptions): Promise<Variable> {
    options?.signal?.throwIfAborted();
    return findById(id)(this.#context.store);
  }

  async getByName(name: string, options?: ApiCallOptions): Promise<Variable> {
    options?.signal?.throwIfAborted();
    return findByName(name)(this.#context.store);
  }

  update(id: string, changes: VariableUpdate, options?: ApiCallOptions): Promise<void> {
    return this.#update(findById(id), changes, options);
  }

  updateByName(name: string, changes: VariableUpdate, options?: ApiCallOptions): Promise<void> {
    return this.#update(findByName(name), changes, options);
  }

  delete(id: string, options?: ApiCallOptions): Promise<void> {
    return this.#delete(findById(id), options);
  }

  deleteByName(name: string, options?: ApiCallOptions): Promise<void> {
    return this.#delete(findByName(name), options);
  }

  async filter(query: VariableQuery, options?: ApiCallOptions): Promise<Variable[]> {
    checkQuery(query, options);
    return this.#context.store.objects("variable").list(variableQuery(query));
  }

  async count(query: VariableQuery, options?: ApiCallOptions): Promise<number> {
    checkQuery(query, options);
    return this.#context.store.objects("variable").count(variableQuery(query).where);
  }

  async #update(find: Find, changes: VariableUpdate, options: ApiCallOptions | undefined): Promise<void> {
    const { name, tags } = changes;
    if (typeof name === "string") requireName(name);
    await this.#context.transaction(options, async (store, moment) => {
      const variable = await find(store);
      const changed = {
        ...(typeof name === "string" && { name }),
        ...("value" in changes && { value: requireValue(variable.name, changes.value) }),
        ...(Array.isArray(tags) && { tags }),
        updated: moment.now,
      };
      await store.objects("variable").update(variable.id, changed);
      tell("updated", { ...variable, ...changed }, moment);
    });
  }

  async #delete(find: Find, options: ApiCallOptions | undefined): Promise<void> {
    await this.#context.transaction(options, async (store, moment) => {
      const variable = await find(store);
      await store.objects("variable").delete(variable.id);
      tell("deleted", variable, moment);
    });
  }
}

function findById(id: string): Find {
  return async (store) => {
    const variable = await store.objects("variable").find(id);
    if (variable === undefined) throw new ObjectNotFoundError("variable", id);
    return variable;
  };
}

function findByName(name: string): Find {
  return async (store) => {
    const where = { type: "equals", member: "name", value: name } as const;
    const [variable] = await store.objects("variable").list({ where, limit: 1 });
    if (variable === undefined) throw new ObjectNotFoundError("variable", name);
    return variable;
  };
}

function requireName(name: string): void {
  if (NAME.test(name)) return;
  throw new InvalidRequestError(
    `A variable cannot be named ${JSON.stringify(name)}. Use up to 255 lower-case letters, digits, dashes and underscores.`,
  );
}

/** A copy of the value. */
function requireValue(name: string, value: unknown): unknown {
  const length = JSON.stringify(value ?? null).length;
  if (length <= LONGEST_VALUE) return jsonCopy(value ?? null);
  throw new InvalidRequestError(
    `The value of variable ${name} has ${length} characters as JSON. Use at most ${LONGEST_VALUE}; keep more in a file, and its path here.`,
  );
}

function tell(action: string, { id, name }: Variable, moment: Moment): void {
  tellLifecycle({ kind: "variable", action, id, name }, moment);
}
