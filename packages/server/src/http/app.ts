/** The orchestration API over HTTP. */
import type { OrchestrationApi } from "@sluice/protocol";
import { Hono } from "hono";
import { errorAnswer } from "./error-answer.ts";
import { mountRoutes } from "./mount-routes.ts";
import { slashRedirect } from "./slash-redirect.ts";

export interface AppOptions {
  readonly api: OrchestrationApi;
  /** Told of errors that are not the client's. */
  readonly onUnexpected: (error: unknown) => void;
}

/** Below `/api`: the operations of the table of routes, and what clients ask for beside them. */
export function createApp(options: AppOptions): Hono {
  const app = new Hono({ strict: true });
  const api = new Hono({ strict: true });
  mountRoutes(api, options.api);
  app.route("/api", api);
  app.notFound(slashRedirect(app));
  app.onError((error, context) => errorAnswer(context, error, options.onUnexpected));
  return app;
}
