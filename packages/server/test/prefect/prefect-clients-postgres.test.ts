import { describePostgres, startPostgres } from "@sluice/store/testing";
import { CLIENT_PROGRAMS } from "./client-programs.ts";
import { prefectClientSuite } from "./prefect-client-suite.ts";

describePostgres("with PostgreSQL", () => {
  prefectClientSuite({
    programs: CLIENT_PROGRAMS.filter(({ isOnlyOnSqlite }) => isOnlyOnSqlite !== true),
    emptyDatabase: async () => {
      const cluster = await startPostgres();
      if (cluster === undefined) throw new Error("PostgreSQL has gone since the tests began.");
      return { options: { databaseUrl: cluster.urlOf("postgres") }, remove: () => cluster.remove() };
    },
  });
});
