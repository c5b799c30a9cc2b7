/** Where runs of deployments wait: a queue of a work pool. */
import { findMismatch, requireMatch } from "../../parameters/parameter-schema.ts";
import type { Store } from "../../store.ts";
import type { StoredWorkPool, StoredWorkQueue } from "../../stored-nouns.ts";
import { ensureAgentPool } from "../../work-pools/agent-pool.ts";
import { DEFAULT_QUEUE, findPool, findPoolById, listQueues, type Place } from "../../work-pools/find.ts";
import { createQueue } from "../../work-pools/queues.ts";
import type { Moment } from "../local-context.ts";

export interface PlaceNames {
  readonly work_pool_name?: string | null | undefined;
  readonly work_queue_name?: string | null | undefined;
}

/** The place of a queue; undefined without one. Nobody is kept from changing it. */
export async function findPlace(store: Store, queueId: string | null): Promise<Place | undefined> {
  if (queueId === null) return undefined;
  const [queue] = await store.objects("work_queue").list({
    where: { type: "equals", member: "id", value: queueId },
    limit: 1,
  });
  if (queue === undefined) return undefined;
  return { pool: await findPoolById(store, queue.work_pool_id), queue };
}

/**
 * The place of these names; undefined when there are none. A queue that the pool lacks is made, and so is the pool of queues without one.
 * @throws {ObjectNotFoundError} when there is no such pool.
 */
export async function ensurePlace(
  store: Store,
  names: PlaceNames,
  moment: Moment,
): Promise<Place | undefined> {
  if (!names.work_pool_name && !names.work_queue_name) return undefined;
  const pool = names.work_pool_name
    ? await findPool(store, names.work_pool_name)
    : await ensureAgentPool(store, moment);
  if (!names.work_queue_name && pool.default_queue_id !== null) {
    const queue = await store.objects("work_queue").find(pool.default_queue_id);
    if (queue !== undefined) return { pool, queue };
  }
  return { pool, queue: await ensureQueue(store, pool, names.work_queue_name || DEFAULT_QUEUE, moment) };
}

/** Looks again once nobody else can make queues of the pool. */
async function ensureQueue(
  store: Store,
  pool: StoredWorkPool,
  name: string,
  moment: Moment,
): Promise<StoredWorkQueue> {
  const isNamed = (queue: StoredWorkQueue) => queue.name === name;
  const known = (await listQueues(store, pool.id)).find(isNamed);
  if (known !== undefined) return known;
  const held = await findPoolById(store, pool.id, { lock: "wait" });
  const made = (await listQueues(store, pool.id)).find(isNamed);
  return made ?? createQueue(store, held, { name }, moment);
}

type Values = Readonly<Record<string, unknown>>;

/**
 * Requires that the pool can make infrastructure from job variables, of which later ones win. What is required may be
 * missing in a deployment, since its runs can give it.
 * @throws {ConflictError} that says which variable does not fit.
 */
export async function requireJobVariables(
  pool: StoredWorkPool,
  layers: readonly (Values | null | undefined)[],
  options: { readonly ignoreRequired: boolean },
): Promise<void> {
  const schema = pool.base_job_template["variables"];
  if (!isObject(schema)) return;
  const given = layers.flatMap((layer) => Object.entries(layer ?? {}));
  const values = { ...(await usableDefaults(schema)), ...Object.fromEntries(given) };
  const set = Object.fromEntries(Object.entries(values).filter(([, value]) => value !== null));
  await requireMatch(`The job variables for work pool ${pool.name}`, set, schema, options);
}

/** Defaults that do not fit their own schema are not used. */
async function usableDefaults(schema: Values): Promise<Values> {
  const properties = isObject(schema["properties"]) ? schema["properties"] : {};
  const defaults: Record<string, unknown> = {};
  for (const [name, property] of Object.entries(properties)) {
    if (!isObject(property) || property["default"] === undefined) continue;
    const value = { [name]: property["default"] };
    const mismatch = await findMismatch(value, schema, { ignoreRequired: true });
    if (mismatch === undefined) defaults[name] = property["default"];
  }
  return defaults;
}

function isObject(value: unknown): value is Values {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
