/** The server that Python clients are run against: ours, or a real Prefect to judge the programs themselves by. */
import { randomBytes } from "node:crypto";
import { startPrefectServer } from "@sluice/orchestration/testing/prefect-server";
import { type DatabaseOptions, startServer } from "@sluice/server";

export interface TestedServer {
  readonly apiUrl: string;
  close(): Promise<void>;
}

/** Starts it on a free port. `SLUICE_TEST_REFERENCE=1` takes Prefect's own server instead of ours. */
export function startTestedServer(database: DatabaseOptions): Promise<TestedServer> {
  return process.env["SLUICE_TEST_REFERENCE"] === "1"
    ? startReference(database)
    : startServer({
        ...database,
        encryption: { keys: randomBytes(32).toString("base64") },
        host: "127.0.0.1",
        port: 0,
        stopGraceSeconds: 2,
      });
}

async function startReference({ databasePath, databaseUrl }: DatabaseOptions): Promise<TestedServer> {
  const url =
    databaseUrl === undefined
      ? `sqlite+aiosqlite:///${databasePath}`
      : databaseUrl.replace(/^postgres(?:ql)?:/u, "postgresql+asyncpg:");
  const server = await startPrefectServer({ env: { PREFECT_API_DATABASE_CONNECTION_URL: url } });
  return { apiUrl: server.url, close: () => server.stop() };
}
