import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describeWithServer, type TestServer } from "@sluice-internal/test-servers";
import { expect, it } from "vitest";

const PROGRAM = fileURLToPath(new URL("use-tokens.ts", import.meta.url));
const run = promisify(execFile);

describeWithServer(
  "azurite",
  (server) => {
    it("lets in applications and what the environment has, and says why it lets nobody in", async () => {
      const outcomes = await useTokens(server());
      expect(outcomes).toMatchObject({
        application: Array(2).fill("written with application"),
        environment: Array(2).fill("written with environment"),
        wrongSecret: { code: "FILE_ACCESS_DENIED", message: expect.stringContaining("Check tenantId") },
        noAuthority: { code: "FILE_SYSTEM", message: expect.stringContaining("cannot be reached") },
      });
      expect(JSON.stringify(outcomes)).not.toContain("not the secret");
    }, 120_000);
  },
  { entra: true },
);

async function useTokens({ url, env }: TestServer): Promise<unknown> {
  const create = `
    const { BlobServiceClient } = require("@azure/storage-blob");
    const service = BlobServiceClient.fromConnectionString(process.env.AZURE_STORAGE_CONNECTION_STRING);
    service.getContainerClient("flows").create();`;
  const options = { env: { ...process.env, ...env }, timeout: 100_000 };
  await run(process.execPath, ["-e", create], options);
  const { stdout } = await run(process.execPath, [...process.execArgv, PROGRAM, url, "flows"], options);
  return JSON.parse(stdout);
}
