/** The orchestration API over HTTP. */
import type { OrchestrationApi } from "@sluice/protocol";
import { Hono } from "hono";
import type { ServerLog } from "../server-log.ts";
import { type AdminOptions, mountAdmin } from "./admin-routes.ts";
import { errorAnswer } from "./error-answer.ts";
import { mountRoutes } from "./mount-routes.ts";
import { slashRedirect } from "./slash-redirect.ts";

export interface AppOptions extends Omit<AdminOptions, "log"> {
  readonly api: OrchestrationApi;
  /** Begins with a slash and does not end in one; or empty. */
  readonly basePath: string;
  readonly log: ServerLog;
}

/** Below `/api`: the operations of the table of routes, and what clients ask for beside them. */
export function createApp(options: AppOptions): Hono {
  const { basePath, log } = options;
  const app = new Hono({ strict: true });
  const api = new Hono({ strict: true });
  mountAdmin(api, options);
  mountRoutes(api, options.api);
  app.route(`${basePath}/api`, api);
  app.notFound(slashRedirect(app));
  app.onError((error, context) =>
    errorAnswer(context, error, (unexpected) => log("error", "Request failed", { error: unexpected })),
  );
  return app;
}
