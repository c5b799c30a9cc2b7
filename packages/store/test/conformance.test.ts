import { storeSuite } from "@sluice/orchestration/testing";
import { sqliteStore } from "../src/index.ts";
import { temporaryDatabasePath } from "./temporary-database.ts";

storeSuite({
  name: "SQLite",
  create: async () => sqliteStore({ path: await temporaryDatabasePath() }),
  reopen: (store) => sqliteStore({ path: store.location }),
});
