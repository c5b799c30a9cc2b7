/** Runs a server until somebody stops it. */
import { encryptionOf, type Settings } from "@sluice/core";
import type { RunningServer } from "@sluice/server";
import { EXIT_OK } from "../exit-codes.ts";
import type { Terminal } from "../output/terminal.ts";
import type { StopSignal } from "../running/stop-signals.ts";
import { letHeapServe } from "./keep-heap-small.ts";
import { logTo, serverLogger } from "./server-logger.ts";
import { databaseOf, retentionOf } from "./server-settings.ts";
import { withStopSignal } from "./with-stop-signal.ts";
import { writeBanner } from "./write-banner.ts";

/**
 * Starts a server, says where it is, and stops it when it is told to.
 * @returns the exit code: being stopped is what a server is for, so 0.
 */
export function serveInTerminal(settings: Settings, terminal: Terminal): Promise<number> {
  return withStopSignal((stopped) => serve(settings, terminal, stopped));
}

async function serve(settings: Settings, terminal: Terminal, stopped: Promise<StopSignal>): Promise<number> {
  const { server } = settings;
  const logger = serverLogger(settings);
  const { startServer } = await import("@sluice/server");
  const running: RunningServer = await startServer({
    host: server.host,
    port: server.port,
    ...databaseOf(settings),
    encryption: encryptionOf(settings),
    basePath: server.basePath,
    authString: server.authString?.reveal(),
    hasCsrfProtection: server.csrfProtection,
    corsOrigins: server.corsOrigins.split(",").map((origin) => origin.trim()),
    maxBodyBytes: server.maxBodyBytes,
    hasAccessLog: server.accessLog,
    hasServices: server.services,
    retention: retentionOf(settings),
    prefectVersion: server.prefectVersion,
    stopGraceSeconds: server.stopGraceSeconds,
    log: logTo(logger),
  });
  letHeapServe();
  if (settings.logging.format === "pretty") writeBanner(running, terminal);
  logger.info("Server started", { api: running.apiUrl, database: running.location });
  if (running.isOpenToAll && !isLoopback(server.host)) {
    logger.warn(
      "Whoever reaches this server may use it. Set server.auth_string (SLUICE_SERVER_AUTH_STRING), or make a key with: sluice server api-key create NAME",
      { host: server.host },
    );
  }
  const signal = await stopped;
  logger.info("Server stops", { signal });
  await running.close();
  logger.info("Server stopped");
  return EXIT_OK;
}

function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || host.startsWith("127.");
}
