/** A process that writes to a history: `writer-process <path> <name> <batches>`. Tells its parent each acknowledged id. */
import { flowQuery } from "@sluice/orchestration";
import { sqliteStore } from "../src/index.ts";
import { makeFlow, makeLog, makeRecord, NOW } from "./history-objects.ts";

const RECORDS_PER_BATCH = 40;

const [path = "", name = "", batches = "0"] = process.argv.slice(2);
const store = await sqliteStore({ path });
await store.flows.insert(makeFlow({ name: "shared" }));
await store.flows.insert(makeFlow({ name }));
for (let batch = 0; batch < Number(batches); batch += 1) {
  const records = Array.from({ length: RECORDS_PER_BATCH }, () => makeRecord(null, { name }));
  const logs = Array.from({ length: RECORDS_PER_BATCH }, () => makeLog({ name }));
  await Promise.all([
    store.taskRuns.record(records, NOW),
    store.logs.insert(logs),
    store.transaction(async (transaction) => {
      const found = await transaction.flows.list(flowQuery({ flows: { name: { any_: [name] } } }));
      if (found.length !== 1) throw new Error(`There are ${found.length} flows ${name}.`);
      await transaction.flows.insert(makeFlow({ name: `${name}-${batch}` }));
    }),
  ]);
  process.send?.({ taskRunIds: records.map((record) => record.id), flowName: `${name}-${batch}` });
}
await store.close();
process.disconnect();
