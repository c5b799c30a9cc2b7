/** How many runs of a deployment may run at once: a concurrency limit of its own, or one it shares. */
import { type ConcurrencyLimit, InvalidRequestError, ObjectNotFoundError } from "@sluice/protocol";
import { deleteLimit, newLimit } from "../../concurrency/limits.ts";
import type { Store } from "../../store.ts";
import type { TransitionContext } from "../../transition.ts";
import type { Moment } from "../local-context.ts";

/** What is asked for. Absent: no change; null: no limit. */
export interface LimitRequest {
  readonly concurrency_limit?: number | null | undefined;
  readonly global_concurrency_limit_id?: string | null | undefined;
}

/** The name of the limit that belongs to a deployment. */
export function ownLimitName(deploymentId: string): string {
  return `deployment:${deploymentId}`;
}

/**
 * Makes, changes or deletes the deployment's own limit as asked, and gives the id of the limit that it now has;
 * undefined when nothing was asked.
 * @throws {ObjectNotFoundError} when there is no limit of the id.
 */
export async function applyLimit(
  store: Store,
  deploymentId: string,
  request: LimitRequest,
  moment: Moment,
): Promise<string | null | undefined> {
  const { concurrency_limit: own, global_concurrency_limit_id: shared } = request;
  if (own && shared) {
    throw new InvalidRequestError(
      "A deployment cannot have both a concurrency limit of its own and a global one. Send one of them.",
    );
  }
  if (shared) {
    if ((await store.objects("concurrency_limit").find(shared)) === undefined) {
      throw new ObjectNotFoundError("concurrency limit", shared);
    }
    return shared;
  }
  if (own) return putOwnLimit(store, deploymentId, own, moment);
  if (own === null) await deleteOwnLimit(store, deploymentId, moment);
  return own === null || shared === null ? null : undefined;
}

/** Deletes the limit that belongs to a deployment; one that it shares stays. */
export async function deleteOwnLimit(store: Store, deploymentId: string, moment: Moment): Promise<void> {
  const limit = await findOwnLimit(store, deploymentId);
  if (limit !== undefined) await deleteLimit(store, limit, moment);
}

async function putOwnLimit(
  store: Store,
  deploymentId: string,
  limit: number,
  moment: TransitionContext,
): Promise<string> {
  const limits = store.objects("concurrency_limit");
  const existing = await findOwnLimit(store, deploymentId);
  if (existing !== undefined) {
    if (existing.limit !== limit) await limits.update(existing.id, { limit, updated: moment.now });
    return existing.id;
  }
  const { object } = await limits.insert(newLimit({ name: ownLimitName(deploymentId), limit }, moment));
  return object.id;
}

async function findOwnLimit(store: Store, deploymentId: string): Promise<ConcurrencyLimit | undefined> {
  const [limit] = await store.objects("concurrency_limit").list({
    where: { type: "equals", member: "name", value: ownLimitName(deploymentId) },
    limit: 1,
  });
  return limit;
}
