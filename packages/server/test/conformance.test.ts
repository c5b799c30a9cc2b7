import { orchestrationApiSuite } from "@sluice/orchestration/testing";
import { openLocalApi } from "../src/local.ts";
import { temporaryDatabasePath } from "./temporary-database.ts";

orchestrationApiSuite({
  name: "local API on SQLite",
  create: async () => openLocalApi({ databasePath: await temporaryDatabasePath() }),
});
