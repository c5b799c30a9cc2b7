import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startServer } from "@sluice/server";
import { describe } from "vitest";
import { flowCases } from "./flow-cases.ts";
import { formCases } from "./form-cases.ts";
import { interruptionCases, killCases } from "./interruption-cases.ts";
import { outageCases } from "./outage-cases.ts";
import { type StartedServer, serverUnderTest } from "./server-under-test.ts";

async function startOurs(): Promise<StartedServer> {
  const directory = await mkdtemp(join(tmpdir(), "sluice-flows-on-server-"));
  const server = await startServer({
    host: "127.0.0.1",
    port: 0,
    databasePath: join(directory, "history.db"),
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
  const server = serverUnderTest(startOurs, 20_000);
  flowCases(server);
  interruptionCases(server);
  killCases(server);
  formCases(server);
  outageCases(server);
});
