import { describePostgres, startPostgres } from "@sluice/store/testing";
import { prefectClientSuite } from "./prefect-client-suite.ts";

describePostgres("with PostgreSQL", () => {
  prefectClientSuite(async () => {
    const cluster = await startPostgres();
    if (cluster === undefined) throw new Error("PostgreSQL has gone since the tests began.");
    return { options: { databaseUrl: cluster.urlOf("postgres") }, remove: () => cluster.remove() };
  });
});
