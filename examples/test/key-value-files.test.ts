/** The tests of write-a-file-system.md. */
import { fileSystemSuite } from "@sluice/core/testing";
import { type KeyValueClient, KeyValueFiles } from "../src/docs/key-value-files.ts";

/** The service in memory. */
function memoryClient(): KeyValueClient {
  const values = new Map<string, Uint8Array>();
  const copy = (value: Uint8Array): Uint8Array => new Uint8Array(value);
  return {
    get: async (key) => values.get(key)?.slice(),
    set: async (key, value) => void values.set(key, copy(value)),
    add: async (key, value) => {
      if (values.has(key)) return false;
      values.set(key, copy(value));
      return true;
    },
    delete: async (key) => void values.delete(key),
    keys: async (prefix) => [...values.keys()].filter((key) => key.startsWith(prefix)).toSorted(),
  };
}

fileSystemSuite({
  name: "KeyValueFiles",
  create: () => new KeyValueFiles("test", memoryClient()),
  largeFileBytes: 8 * 1024 * 1024,
  holdsFiles: true, // values are whole in memory
  troubles: {
    unreachable: () => {
      const fails = (): Promise<never> => Promise.reject(new Error("connect ECONNREFUSED"));
      return new KeyValueFiles("away", { get: fails, set: fails, add: fails, delete: fails, keys: fails });
    },
  },
});
