/** Azurite: Microsoft's emulator of Azure Blob Storage, with accounts and signatures that it checks. */
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { peerPath } from "./find-program.ts";
import type { NoOptions } from "./moto.ts";
import { runServer } from "./run-server.ts";
import type { ServerDefinition } from "./test-server.ts";

const MAIN = peerPath("azurite/node_modules/azurite/dist/src/blob/main.js");
const ACCOUNT = "sluicetest";
const FLAGS = ["--inMemoryPersistence", "--silent", "--skipApiVersionCheck", "--disableTelemetry"];

export const azurite: ServerDefinition<NoOptions> = {
  whyMissing: () => (existsSync(MAIN) ? undefined : "there is no azurite: run .ci/install-peers"),
  start: async () => {
    const key = randomBytes(64).toString("base64");
    const { port, stop } = await runServer((freePort) => ({
      command: [process.execPath, MAIN, "--blobHost", "127.0.0.1", "--blobPort", String(freePort), ...FLAGS],
      env: { AZURITE_ACCOUNTS: `${ACCOUNT}:${key}` },
    }));
    const url = `http://127.0.0.1:${port}/${ACCOUNT}`;
    const connection = ["DefaultEndpointsProtocol=http", `AccountName=${ACCOUNT}`, `AccountKey=${key}`];
    const env = { AZURE_STORAGE_CONNECTION_STRING: [...connection, `BlobEndpoint=${url};`].join(";") };
    return { url, env, stop };
  },
};
