/** Around every request: its id, headers that keep browsers careful, its log line and its figures. */
import type { MiddlewareHandler } from "hono";
import { routePath } from "hono/route";
import type { ServerLog } from "../server-log.ts";
import { REQUEST_ID_HEADER, requestId } from "./request-ids.ts";

/** What is known of a request that was answered. */
export interface AnsweredRequest {
  readonly method: string;
  /** As it is mounted, such as `/api/flows/:id`; `unknown` for paths that are none of ours. */
  readonly route: string;
  readonly status: number;
  readonly seconds: number;
}

export interface ObserveOptions {
  /** Whether every request gets a line. */
  readonly hasAccessLog: boolean;
  readonly log: ServerLog;
  readonly onAnswered: (request: AnsweredRequest) => void;
}

/** To be used before everything else. */
export function observeRequests(options: ObserveOptions): MiddlewareHandler {
  const { hasAccessLog, log, onAnswered } = options;
  return async (context, next) => {
    const startMs = performance.now();
    const id = requestId(context.req.header(REQUEST_ID_HEADER));
    context.set("requestId", id);
    context.header(REQUEST_ID_HEADER, id);
    context.header("X-Content-Type-Options", "nosniff");
    context.header("Cache-Control", "no-store");
    await next();
    const { method, path } = context.req;
    const { status } = context.res;
    const ms = performance.now() - startMs;
    const last = routePath(context, -1);
    onAnswered({ method, route: last.endsWith("*") ? "unknown" : last, status, seconds: ms / 1000 });
    if (hasAccessLog) {
      log("info", "Request", { method, path, status, ms: Math.round(ms * 10) / 10, requestId: id });
    }
  };
}
