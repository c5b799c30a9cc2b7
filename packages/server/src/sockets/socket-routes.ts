/** The sockets of a server, by path. */
import type { EventFeed, LocalContext, LogFeed, Store } from "@sluice/orchestration";
import type { OrchestrationApi } from "@sluice/protocol";
import type { ServerLog } from "../server-log.ts";
import { takeEvents } from "./events-in.ts";
import { giveEvents } from "./events-out.ts";
import { giveLogs } from "./logs-out.ts";
import { giveScheduledTaskRuns } from "./scheduled-task-runs.ts";
import type { SocketRoute } from "./socket-server.ts";

export interface SocketRoutesOptions {
  readonly api: Pick<OrchestrationApi, "events">;
  readonly context: LocalContext;
  readonly store: Store;
  readonly feed: EventFeed;
  readonly logFeed: LogFeed;
  readonly log: ServerLog;
  /** Before `/events/in` and the others, such as `/api`. */
  readonly apiPath: string;
}

export function socketRoutes(options: SocketRoutesOptions): ReadonlyMap<string, SocketRoute> {
  const { api, context, store, feed, logFeed, log, apiPath } = options;
  return new Map<string, SocketRoute>([
    [`${apiPath}/events/in`, (session) => takeEvents(session, api.events, log)],
    [`${apiPath}/events/out`, (session) => giveEvents(session, store, feed)],
    [`${apiPath}/logs/out`, (session) => giveLogs(session, store, logFeed)],
    [
      `${apiPath}/task_runs/subscriptions/scheduled`,
      (session) => giveScheduledTaskRuns(session, context, feed),
    ],
  ]);
}
