import { LocalApi } from "@sluice/orchestration";
import { orchestrationApiSuite } from "@sluice/orchestration/testing";
import { postgresStore } from "@sluice/store";
import { describePostgres, emptyPostgresDatabase } from "@sluice/store/testing";

describePostgres("orchestration on PostgreSQL", () => {
  orchestrationApiSuite({
    name: "local API on PostgreSQL",
    create: async () => new LocalApi({ store: await postgresStore({ url: await emptyPostgresDatabase() }) }),
  });
});
