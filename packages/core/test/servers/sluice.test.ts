import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ServerOptions, startServer } from "@sluice/server";
import { describe } from "vitest";
import { blockCases } from "./block-cases.ts";
import { AUTH_STRING, credentialCases } from "./credential-cases.ts";
import { deploymentCases } from "./deployment-cases.ts";
import { flowCases } from "./flow-cases.ts";
import { formCases } from "./form-cases.ts";
import { interruptionCases, killCases } from "./interruption-cases.ts";
import { outageCases } from "./outage-cases.ts";
import { type StartedServer, serverUnderTest } from "./server-under-test.ts";

const START_MS = 30_000;

async function startOurs(options: Partial<ServerOptions> = {}): Promise<StartedServer> {
  const directory = await mkdtemp(join(tmpdir(), "sluice-flows-on-server-"));
  const server = await startServer({
    host: "127.0.0.1",
    port: 0,
    databasePath: join(directory, "history.db"),
    ...options,
  });
  return {
    url: server.apiUrl,
    async stop() {
      await server.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

describe("a Sluice server", () => {
  const server = serverUnderTest(() => startOurs(), START_MS);
  flowCases(server);
  blockCases(server);
  deploymentCases(server);
  interruptionCases(server);
  killCases(server);
  formCases(server);
  outageCases(server);
});

describe("a Sluice server with a password and tokens against forgery", () => {
  const options = { authString: AUTH_STRING, hasCsrfProtection: true };
  credentialCases(serverUnderTest(() => startOurs(options), START_MS));
});
