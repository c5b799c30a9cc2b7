/**
 * `/work_pools/{name}/workers/connect`: a worker says that it lives, and hears at once when its pool changes. Workers
 * that find no such socket ask for their pool, and send their heartbeats, by requests.
 */
import type { EventFeed } from "@sluice/orchestration";
import { isSluiceError, type OrchestrationApi, type WorkPool } from "@sluice/protocol";
import { CLOSE } from "./close-codes.ts";
import { nextFrame } from "./next-frame.ts";
import { PoolWatch } from "./pool-watch.ts";
import type { SocketSession } from "./socket-session.ts";
import {
  CAPABILITIES,
  CHANNEL_VERSION,
  readBeat,
  readHello,
  type WorkerHello,
  workerFrame,
} from "./worker-frames.ts";

/** What workers understand as a reason: whether they come again depends on it. */
const END = {
  notAllowed: [CLOSE.policyViolation, "authorization_failed"],
  otherVersion: [CLOSE.policyViolation, "unsupported_version"],
  badFrame: [CLOSE.protocolError, "protocol_error"],
  beatFailed: [CLOSE.internalError, "heartbeat_persistence_failed"],
} as const;

const HELLO = { timeoutMs: 30_000, lateReason: "protocol_error" } as const;
/** As many heartbeats may be missed as make a worker offline. */
const MISSED_BEATS = 3;

export interface WorkerChannelOptions {
  readonly api: Pick<OrchestrationApi, "workPools" | "poolQueues" | "workers">;
  readonly feed: EventFeed;
  readonly poolName: string;
}

/** Resolves when the socket is closed. */
export async function serveWorker(session: SocketSession, options: WorkerChannelOptions): Promise<void> {
  const { api, feed, poolName } = options;
  const hello = readHello(await nextFrame(session, HELLO));
  if (hello === undefined) return session.close(...END.badFrame);
  if (!hello.supported_channel_versions.includes(CHANNEL_VERSION)) return session.close(...END.otherVersion);
  try {
    const pool = await poolFor(hello, options);
    const queues = await Promise.all(
      hello.work_queue_names.map((name) => api.poolQueues.get(poolName, name)),
    );
    await beat(hello, options);
    const watch = new PoolWatch({ session, feed, pool, read: () => api.workPools.get(poolName) });
    try {
      const payload = {
        consumer_id: hello.consumer_id,
        worker_id: null,
        selected_channel_version: CHANNEL_VERSION,
        effective_heartbeat_interval_seconds: hello.heartbeat_interval_seconds,
        accepted_capabilities: CAPABILITIES,
        rejected_capabilities: hello.requested_capabilities.filter((one) => !CAPABILITIES.includes(one)),
        effective_max_cleanup_concurrency: 0,
        resolved_work_queues: queues.map(({ id, name }) => ({ id, name })),
        initial_snapshot: await watch.first(),
      };
      session.send(workerFrame("worker.ready.v1", payload));
      await takeBeats(session, hello, { ...options, watch });
    } finally {
      watch.stop();
    }
  } catch (error) {
    // The pool, or a queue, is not there, or not any more.
    if (!isSluiceError(error, "OBJECT_NOT_FOUND")) throw error;
    await session.close(...END.notAllowed);
  }
}

/** The pool, made or given a template if it has none and the worker brings one. */
async function poolFor(hello: WorkerHello, { api, poolName }: WorkerChannelOptions): Promise<WorkPool> {
  const { default_base_job_template: base_job_template, worker_type: type } = hello;
  try {
    const pool = await api.workPools.get(poolName);
    const hasTemplate = Object.keys(pool.base_job_template).length > 0;
    if (hasTemplate || Object.keys(base_job_template).length === 0) return pool;
    await api.workPools.update(poolName, { base_job_template });
  } catch (error) {
    if (!isSluiceError(error, "OBJECT_NOT_FOUND") || !hello.create_pool_if_not_found) throw error;
    await createPool({ name: poolName, type, base_job_template }, api);
  }
  return api.workPools.get(poolName);
}

async function createPool(
  pool: { readonly name: string; readonly type: string; readonly base_job_template: Record<string, unknown> },
  api: WorkerChannelOptions["api"],
): Promise<void> {
  try {
    await api.workPools.create(pool);
  } catch (error) {
    // Another worker was faster.
    if (!isSluiceError(error, "CONFLICT")) throw error;
  }
}

async function takeBeats(
  session: SocketSession,
  hello: WorkerHello,
  options: WorkerChannelOptions & { readonly watch: PoolWatch },
): Promise<void> {
  const timeoutMs = MISSED_BEATS * hello.heartbeat_interval_seconds * 1000;
  while (session.isOpen) {
    const frame = await nextFrame(session, { timeoutMs, lateReason: END.beatFailed[1] });
    const given = readBeat(frame, hello);
    if (given === undefined) return session.close(...END.badFrame);
    try {
      await beat(given, options);
    } catch (error) {
      if (!isSluiceError(error) || isSluiceError(error, "OBJECT_NOT_FOUND")) throw error;
      return session.close(...END.beatFailed);
    }
    // What the feed did not tell, for whatever reason, is told now.
    await options.watch.look();
  }
}

function beat(
  worker: Pick<WorkerHello, "worker_name" | "heartbeat_interval_seconds">,
  { api, poolName }: WorkerChannelOptions,
): Promise<void> {
  const { worker_name: name, heartbeat_interval_seconds } = worker;
  return api.workers.heartbeat(poolName, { name, heartbeat_interval_seconds });
}
