import { MemoryStore } from "../src/memory-store.ts";
import { storeSuite } from "../src/testing/index.ts";

storeSuite({ name: "memory", create: async () => new MemoryStore() });
