/** The orchestration API over HTTP. */
import type { OrchestrationApi } from "@sluice/protocol";
import { Hono } from "hono";
import { mountCsrfToken, requireCsrfToken } from "../auth/csrf.ts";
import type { Gate } from "../auth/gate.ts";
import { requireAuthorization } from "../auth/require-authorization.ts";
import { mountCollections } from "../collections/mount-collections.ts";
import type { LiveStreams } from "../live/live-streams.ts";
import { mountOpenApi } from "../openapi/mount-openapi.ts";
import type { ServerLog } from "../server-log.ts";
import { type AdminOptions, mountAdmin } from "./admin-routes.ts";
import { allowOrigins } from "./allow-origins.ts";
import { checkApiVersion } from "./check-api-version.ts";
import { errorAnswer } from "./error-answer.ts";
import { mountEventPages } from "./event-pages.ts";
import { textAnswer } from "./json-answer.ts";
import { mountLogDownload } from "./log-download.ts";
import { mountRoutes } from "./mount-routes.ts";
import { type AnsweredRequest, observeRequests } from "./observe-requests.ts";
import { slashRedirect } from "./slash-redirect.ts";

export interface AppOptions extends AdminOptions {
  readonly api: OrchestrationApi;
  /** Begins with a slash and does not end in one; or empty. */
  readonly basePath: string;
  readonly live: LiveStreams;
  readonly gate: Gate;
  /** Default: changing requests need no token. */
  readonly csrfKey?: string | undefined;
  /** Origins whose pages may call, or `*`. */
  readonly corsOrigins: readonly string[];
  readonly maxBodyBytes: number;
  readonly hasAccessLog: boolean;
  readonly onAnswered: (request: AnsweredRequest) => void;
  /** Figures in Prometheus' text format. */
  readonly readMetrics: () => Promise<string>;
  readonly log: ServerLog;
}

/** Below `/api`: the operations of the table of routes, and what clients ask for beside them. */
export function createApp(options: AppOptions): Hono {
  const { basePath, corsOrigins, csrfKey, gate, log } = options;
  const apiPath = `${basePath}/api`;
  const app = new Hono({ strict: true });
  app.use(observeRequests(options));
  app.use(allowOrigins(corsOrigins));
  app.use(requireAuthorization(gate, new Set([`${apiPath}/health`, `${apiPath}/ready`])));
  app.use(checkApiVersion());
  if (csrfKey !== undefined) app.use(requireCsrfToken(csrfKey));
  const api = new Hono({ strict: true });
  mountAdmin(api, options);
  mountCsrfToken(api, csrfKey);
  mountCollections(api);
  mountEventPages(api, options);
  mountLogDownload(api, options.api);
  options.live.mount(api);
  mountRoutes(api, options);
  app.route(apiPath, api);
  mountOpenApi(app, basePath);
  app.get(`${basePath}/metrics`, async (context) =>
    textAnswer(context, { text: await options.readMetrics(), type: "text/plain; version=0.0.4" }),
  );
  app.notFound(slashRedirect(app));
  app.onError((error, context) => errorAnswer(context, error, log));
  return app;
}
