/** The sockets of a server, by path. */
import type { EventFeed, LocalContext, LogFeed, Store } from "@sluice/orchestration";
import type { OrchestrationApi } from "@sluice/protocol";
import type { ServerLog } from "../server-log.ts";
import { takeEvents } from "./events-in.ts";
import { giveEvents } from "./events-out.ts";
import { giveLogs } from "./logs-out.ts";
import { giveScheduledTaskRuns } from "./scheduled-task-runs.ts";
import type { SocketRoute } from "./socket-server.ts";
import { serveWorker } from "./worker-channel.ts";

export interface SocketRoutesOptions {
  readonly api: Pick<OrchestrationApi, "events" | "workPools" | "poolQueues" | "workers">;
  readonly context: LocalContext;
  readonly store: Store;
  readonly feed: EventFeed;
  readonly logFeed: LogFeed;
  readonly log: ServerLog;
  /** Before `/events/in` and the others, such as `/api`. */
  readonly apiPath: string;
}

/** A worker's pool by the path of its socket. */
const WORKER_PATH = /^\/work_pools\/([^/]+)\/workers\/connect$/u;

/** Gives what the sockets of a path are for. */
export function socketRoutes(options: SocketRoutesOptions): (path: string) => SocketRoute | undefined {
  const { api, context, store, feed, logFeed, log, apiPath } = options;
  const routes = new Map<string, SocketRoute>([
    ["/events/in", (session) => takeEvents(session, api.events, log)],
    ["/events/out", (session) => giveEvents(session, store, feed)],
    ["/logs/out", (session) => giveLogs(session, store, logFeed)],
    ["/task_runs/subscriptions/scheduled", (session) => giveScheduledTaskRuns(session, context, feed)],
  ]);
  return (path) => {
    if (!path.startsWith(`${apiPath}/`)) return undefined;
    const ownPath = path.slice(apiPath.length);
    const poolName = decoded(WORKER_PATH.exec(ownPath)?.[1]);
    if (poolName === undefined) return routes.get(ownPath);
    return (session) => serveWorker(session, { api, feed, poolName });
  };
}

/** Undefined for what is not encoded as parts of paths are. */
function decoded(part: string | undefined): string | undefined {
  try {
    return part && decodeURIComponent(part);
  } catch (error) {
    if (error instanceof URIError) return undefined;
    throw error;
  }
}
