import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { prefectClientSuite } from "./prefect-client-suite.ts";

prefectClientSuite(async () => {
  const directory = await mkdtemp(join(tmpdir(), "sluice-server-"));
  return {
    options: { databasePath: join(directory, "history.db") },
    remove: () => rm(directory, { recursive: true, force: true }),
  };
});
