/** What clients ask of the server itself: who it is, whether it is well, and its settings. */
import { ADDITIONS_HEADER } from "@sluice/protocol";
import type { Hono } from "hono";
import type { ServerLog } from "../server-log.ts";

/** Version of the contract of the API. */
export const API_VERSION = "0.8.4";

export interface AdminOptions {
  /** The Prefect release that clients take this server for; they refuse one of another major version. */
  readonly prefectVersion: string;
  /** What `GET /admin/settings` shows; without secrets. */
  readonly settings: Readonly<Record<string, unknown>>;
  /** Rejects when the database does not answer. */
  readonly checkDatabase: () => Promise<void>;
  readonly log: ServerLog;
}

export function mountAdmin(app: Hono, options: AdminOptions): void {
  const { prefectVersion, settings, checkDatabase, log } = options;
  app.get("/health", (context) => context.json(true));
  app.get("/ready", async (context) => {
    try {
      await checkDatabase();
    } catch (error) {
      log("warn", "The database does not answer", { error });
      return context.json({ message: "Database is not available" }, 503);
    }
    return context.json({ message: "OK" });
  });
  app.get("/hello", (context) => context.json("👋"));
  app.get("/version", (context) => context.json(API_VERSION));
  app.get("/admin/version", (context) => context.json(prefectVersion, 200, { [ADDITIONS_HEADER]: "1" }));
  app.get("/admin/settings", (context) => context.json(settings));
  mountAutomations(app);
}

/** Clients ask for automations on every deployment. There are none; making one is 404, as for any path that is not ours. */
function mountAutomations(app: Hono): void {
  app.delete("/automations/owned-by/:resource_id", (context) => context.body(null, 202));
  app.get("/automations/related-to/:resource_id", (context) => context.json([]));
  app.post("/automations/filter", (context) => context.json([]));
  app.post("/automations/count", (context) => context.json(0));
}
