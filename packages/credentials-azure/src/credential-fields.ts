/** Which fields of credentials go together. */
import type { Secret } from "@sluice/core";
import { AzureCredentialsError } from "./azure-credentials-error.ts";

interface CredentialFields {
  readonly connectionString?: Secret | undefined;
  readonly accountUrl?: string | undefined;
  readonly accountKey?: Secret | undefined;
  readonly clientId?: string | undefined;
  readonly tenantId?: string | undefined;
  readonly clientSecret?: Secret | undefined;
}

const APPLICATION = ["clientId", "tenantId", "clientSecret"] as const;
const BESIDE_CONNECTION_STRING = ["accountUrl", "accountKey", ...APPLICATION] as const;

/**
 * @param name - the credentials in messages, such as `azure-blob-storage-credentials/prod`
 * @throws {AzureCredentialsError} with the remedy, when it is not clear who is to be let in where
 */
export function checkFields(fields: CredentialFields, name: string): void {
  const problem = problemOf(fields);
  if (problem === undefined) return;
  throw new AzureCredentialsError(`The credentials ${name} ${problem}`, { details: { credentials: name } });
}

function problemOf(fields: CredentialFields): string | undefined {
  const { connectionString, accountUrl, accountKey } = fields;
  if (connectionString !== undefined) {
    const other = BESIDE_CONNECTION_STRING.find((field) => fields[field] !== undefined);
    return other && `have a connectionString, which says everything, and ${other}. Give one of them only.`;
  }
  if (accountUrl === undefined) return "have neither a connectionString nor an accountUrl. Give one of them.";
  if (new URL(accountUrl).search !== "") {
    return 'have an accountUrl with a query, which may be a shared access signature. Give it in a connectionString, which is kept secret: "BlobEndpoint=https://…;SharedAccessSignature=…".';
  }
  const missing = APPLICATION.filter((field) => fields[field] === undefined);
  if (missing.length === APPLICATION.length) return undefined;
  if (missing.length > 0) return `have only a part of an application. Give ${missing.join(" and ")} too.`;
  return accountKey && "have both an accountKey and an application's secret. Give one of them only.";
}

/** The account in `https://reports.blob.core.windows.net` or, at an address of one's own, `http://127.0.0.1:10000/reports`. */
export function accountName(accountUrl: string): string {
  const { hostname, pathname } = new URL(accountUrl);
  const inPath = pathname.split("/").find((part) => part !== "");
  return inPath ?? hostname.split(".")[0] ?? "";
}
