/** The frames of the channel of a pool's workers, as Prefect 3.8 has them. */
import { newId } from "@sluice/protocol";
import { z } from "zod";

/** The version of the channel that is spoken here. */
export const CHANNEL_VERSION = "work_pool_worker_channel.v1";
/** What every worker and every server can. */
export const CAPABILITIES: readonly string[] = ["worker_heartbeat.v1", "work_pool_snapshot.v1"];

/** What a worker says of itself, before anything else. */
export interface WorkerHello {
  readonly consumer_id: string;
  readonly worker_name: string;
  readonly worker_type: string;
  readonly heartbeat_interval_seconds: number;
  readonly supported_channel_versions: readonly string[];
  readonly requested_capabilities: readonly string[];
  readonly work_queue_names: readonly string[];
  readonly create_pool_if_not_found: boolean;
  readonly default_base_job_template: Readonly<Record<string, unknown>>;
}

/** What it says from time to time. */
export interface WorkerBeat {
  readonly consumer_id: string;
  readonly worker_name: string;
  readonly heartbeat_interval_seconds: number;
}

const name = z.string().min(1);
const seconds = z.int().min(1).max(86_400);

const helloSchema = z.object({
  type: z.literal("worker.hello.v1"),
  payload: z.object({
    consumer_id: z.uuid(),
    worker_name: name,
    worker_type: name,
    heartbeat_interval_seconds: seconds,
    supported_channel_versions: z.array(name).min(1),
    requested_capabilities: z.array(name).refine((asked) => CAPABILITIES.every((one) => asked.includes(one))),
    work_queue_names: z.array(name).default([]),
    create_pool_if_not_found: z.boolean().default(false),
    default_base_job_template: z.record(z.string(), z.unknown()).default({}),
  }),
});

const heartbeatSchema = z.object({
  type: z.literal("worker.heartbeat.v1"),
  payload: z.object({ consumer_id: z.uuid(), worker_name: name, heartbeat_interval_seconds: seconds }),
});

/** Undefined when the frame is another. */
export function readHello(frame: unknown): WorkerHello | undefined {
  return helloSchema.safeParse(frame).data?.payload;
}

/** Undefined when the frame is another, or of another worker. */
export function readBeat(frame: unknown, hello: WorkerHello): WorkerBeat | undefined {
  const beat = heartbeatSchema.safeParse(frame).data?.payload;
  const isOwn = beat?.consumer_id === hello.consumer_id && beat.worker_name === hello.worker_name;
  return isOwn ? beat : undefined;
}

/** A frame for the worker. */
export function workerFrame(type: "worker.ready.v1" | "work_pool.snapshot.v1", payload: object): string {
  return JSON.stringify({ type, id: newId(), sent_at: new Date().toISOString(), payload });
}
