/**
 * A process of its own that uses a container with tokens: it trusts the server's certificate, as Node does only when it
 * starts. Writes what it came to as JSON.
 */
import { moveFile, readText, signedUrl } from "@sluice/core";
import { AzureBlobStorageCredentials } from "@sluice/credentials-azure";
import { AzureBlobStorageContainer } from "../src/index.ts";

const [accountUrl = "", containerName = ""] = process.argv.slice(2);
const {
  AZURE_AUTHORITY_HOST: authorityHost = "",
  AZURE_TENANT_ID: tenantId = "",
  AZURE_CLIENT_ID: clientId = "",
  AZURE_CLIENT_SECRET: clientSecret = "",
} = process.env;

const place = { accountUrl, authorityHost };
const ways = {
  application: { ...place, tenantId, clientId, clientSecret },
  environment: place,
  wrongSecret: { ...place, tenantId, clientId, clientSecret: "not the secret" },
  noAuthority: { ...place, tenantId, clientId, clientSecret, authorityHost: "https://127.0.0.1:1" },
};

const outcomes: Record<string, unknown> = {};
for (const [way, fields] of Object.entries(ways)) {
  const credentials = new AzureBlobStorageCredentials(fields);
  const files = new AzureBlobStorageContainer({ containerName, credentials });
  try {
    await files.write(`${way}.new`, `written with ${way}`);
    await moveFile({ fileSystem: files, path: `${way}.new` }, { fileSystem: files, path: way });
    const url = await signedUrl(files, way, { expiresInSeconds: 60 });
    outcomes[way] = [await readText(files, way), await (await fetch(url)).text()];
  } catch (error) {
    const { code, message } = error as { readonly code?: string; readonly message: string };
    outcomes[way] = { code, message };
  }
}
process.stdout.write(JSON.stringify(outcomes));
