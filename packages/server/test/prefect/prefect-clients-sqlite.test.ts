import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CLIENT_PROGRAMS } from "./client-programs.ts";
import { prefectClientSuite } from "./prefect-client-suite.ts";

prefectClientSuite({
  programs: CLIENT_PROGRAMS,
  emptyDatabase: async () => {
    const directory = await mkdtemp(join(tmpdir(), "sluice-server-"));
    return {
      options: { databasePath: join(directory, "history.db") },
      remove: () => rm(directory, { recursive: true, force: true }),
    };
  },
});
