import { LocalApi } from "../src/local-api.ts";
import { MemoryStore } from "../src/memory-store.ts";
import { orchestrationApiSuite } from "../src/testing/index.ts";

orchestrationApiSuite({
  name: "in process, memory",
  create: async () => new LocalApi({ store: new MemoryStore() }),
});
