import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { orchestrationApiSuite } from "@sluice/orchestration/testing";
import type { OrchestrationApi } from "@sluice/protocol";
import { startServer } from "@sluice/server";
import { openHttpApi } from "../../../src/api/http/http-api.ts";
import { systemClock } from "../../../src/runtime/clock.ts";

/** A client of a server of its own, which ends with it. */
async function openOnServer(): Promise<OrchestrationApi> {
  const directory = await mkdtemp(join(tmpdir(), "sluice-http-api-"));
  const databasePath = join(directory, "history.db");
  const server = await startServer({ host: "127.0.0.1", port: 0, databasePath, hasServices: false });
  const options = { timeoutMs: 20_000, maxRetries: 0, clock: systemClock(), random: Math.random };
  const api = await openHttpApi({ url: server.apiUrl, ...options });
  return {
    ...api,
    async close() {
      await api.close();
      await server.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

orchestrationApiSuite({ name: "HTTP client on a server of ours", create: openOnServer });
