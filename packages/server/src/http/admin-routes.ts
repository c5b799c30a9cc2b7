/** What clients ask of the server itself: who it is, and whether it is well. */
import type { Hono } from "hono";
import type { ServerLog } from "../server-log.ts";

/** Version of the contract of the API. */
export const API_VERSION = "0.8.4";

export interface AdminOptions {
  /** The Prefect release that clients take this server for; they refuse one of another major version. */
  readonly prefectVersion: string;
  /** Rejects when the database does not answer. */
  readonly checkDatabase: () => Promise<void>;
  readonly log: ServerLog;
}

export function mountAdmin(app: Hono, options: AdminOptions): void {
  const { prefectVersion, checkDatabase, log } = options;
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
  app.get("/admin/version", (context) => context.json(prefectVersion));
  app.get("/csrf-token", (context) => context.json({ detail: "CSRF protection is disabled." }, 422));
  // Blocks, of which one is the default storage of results, are yet to come.
  app.get("/admin/storage", (context) => context.json({ default_result_storage_block_id: null }));
  // Called on every deployment; there are no automations to delete.
  app.delete("/automations/owned-by/:resource_id", (context) => context.body(null, 202));
}
