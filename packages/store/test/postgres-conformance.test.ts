import { storeSuite } from "@sluice/orchestration/testing";
import { postgresStore } from "../src/index.ts";
import { describePostgres, emptyPostgresDatabase } from "../src/testing/index.ts";

describePostgres("history in PostgreSQL", () => {
  storeSuite({
    name: "PostgreSQL",
    create: async () => postgresStore({ url: await emptyPostgresDatabase() }),
    reopen: (store) => postgresStore({ url: store.location }),
  });
});
