/** Azurite: Microsoft's emulator of Azure Blob Storage, with accounts and signatures that it checks. */
import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { startEntra, whyNoEntra } from "./entra.ts";
import { peerPath } from "./find-program.ts";
import { type RunningServer, runServer } from "./run-server.ts";
import type { ServerDefinition, TestServer } from "./test-server.ts";

const MAIN = peerPath("azurite/node_modules/azurite/dist/src/blob/main.js");
const ACCOUNT = "sluicetest";
const FLAGS = ["--inMemoryPersistence", "--silent", "--skipApiVersionCheck", "--disableTelemetry"];

export interface AzuriteOptions {
  /** Whether it speaks HTTPS and takes tokens of an application too; default false. */
  readonly entra?: boolean | undefined;
}

export const azurite: ServerDefinition<AzuriteOptions> = {
  whyMissing: () => {
    if (!existsSync(MAIN)) return "there is no azurite: run .ci/install-peers";
    return whyNoEntra();
  },
  start: async ({ entra: hasEntra = false }) => (hasEntra ? startWithEntra() : start()),
};

async function start(): Promise<TestServer> {
  const key = randomBytes(64).toString("base64");
  const { port, stop } = await runAzurite(key, []);
  return { ...accountOf(`http://127.0.0.1:${port}`, key), stop };
}

async function startWithEntra(): Promise<TestServer> {
  const key = randomBytes(64).toString("base64");
  const entra = await startEntra();
  try {
    const { certificate, privateKey } = entra;
    const flags = ["--oauth", "basic", "--cert", certificate, "--key", privateKey];
    const { port, stop } = await runAzurite(key, flags);
    const { url, env } = accountOf(`https://127.0.0.1:${port}`, key);
    return {
      url,
      env: { ...env, ...entra.env },
      stop: async () => {
        await Promise.all([stop(), entra.stop()]);
      },
    };
  } catch (error) {
    await entra.stop();
    throw error;
  }
}

function runAzurite(key: string, flags: readonly string[]): Promise<RunningServer> {
  return runServer((port) => ({
    command: [
      ...[process.execPath, MAIN, "--blobHost", "127.0.0.1", "--blobPort", String(port)],
      ...[...FLAGS, ...flags],
    ],
    env: { AZURITE_ACCOUNTS: `${ACCOUNT}:${key}` },
  }));
}

function accountOf(origin: string, key: string): Omit<TestServer, "stop"> {
  const url = `${origin}/${ACCOUNT}`;
  const protocol = new URL(origin).protocol.slice(0, -1);
  const connection = [`DefaultEndpointsProtocol=${protocol}`, `AccountName=${ACCOUNT}`, `AccountKey=${key}`];
  return {
    url,
    env: { AZURE_STORAGE_CONNECTION_STRING: [...connection, `BlobEndpoint=${url};`].join(";") },
  };
}
