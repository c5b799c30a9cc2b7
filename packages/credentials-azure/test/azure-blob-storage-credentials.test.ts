import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { AzureBlobStorageCredentials, type AzureTrouble, azureTrouble } from "../src/index.ts";

const accountUrl = "https://reports.blob.core.windows.net";
const accountKey = "c2VjcmV0IGtleQ==";

describe("credentials for Azure Blob Storage", () => {
  it("let in by their connection string", async () => {
    const connectionString = "AccountName=reports;AccountKey=c2VjcmV0";
    expect(await new AzureBlobStorageCredentials({ connectionString }).access()).toEqual({
      kind: "connection-string",
      connectionString,
    });
  });

  it.each([
    [accountUrl, "reports"],
    ["http://127.0.0.1:10000/devstoreaccount1", "devstoreaccount1"],
  ])("let in by the key of the account at %s", async (url, name) => {
    expect(await new AzureBlobStorageCredentials({ accountUrl: url, accountKey }).access()).toEqual({
      kind: "connection-string",
      connectionString: `DefaultEndpointsProtocol=https;AccountName=${name};AccountKey=${accountKey};BlobEndpoint=${url}`,
    });
  });

  it("let in by tokens, which all who ask share", async () => {
    const application = { tenantId: "tenant", clientId: "client", clientSecret: "secret" };
    for (const fields of [{ accountUrl }, { accountUrl, ...application }]) {
      const credentials = new AzureBlobStorageCredentials(fields);
      const access = await credentials.access();
      expect(access).toMatchObject({ kind: "token", accountUrl });
      expect(await credentials.access()).toBe(access);
    }
  });

  it.each([
    [{}, "have neither a connectionString nor an accountUrl"],
    [{ connectionString: "x", accountUrl }, "Give one of them only"],
    [{ connectionString: "x", clientId: "x" }, "and clientId. Give one of them only"],
    [{ accountUrl, clientId: "x" }, "Give tenantId and clientSecret too"],
    [{ accountUrl, accountKey, clientId: "x", tenantId: "x", clientSecret: "x" }, "Give one of them only"],
    [{ accountUrl: `${accountUrl}?sig=c2VjcmV0` }, "kept secret"],
  ])("say what is wrong with %j", async (fields, words) => {
    const access = new AzureBlobStorageCredentials(fields).access();
    const error = await access.then(
      () => expect.unreachable("They were taken."),
      (reason: unknown) => reason,
    );
    expect(error).toMatchObject({ code: "CREDENTIALS", message: expect.stringContaining(words) });
    expect(String(error)).toContain("azure-blob-storage-credentials");
    expect(inspect(error, { showHidden: true })).not.toContain("c2VjcmV0");
  });
});

describe("an error of Azure's SDK", () => {
  it.each<[object, AzureTrouble["kind"], string]>([
    [{ code: "AuthenticationFailed", statusCode: 403 }, "denied", "Check the credentials"],
    [{ code: "AuthorizationPermissionMismatch", statusCode: 403 }, "denied", "Storage Blob Data Contributor"],
    [{ code: "AnythingElse", statusCode: 401 }, "denied", "Grant the permission"],
    [{ name: "CredentialUnavailableError" }, "denied", "az login"],
    [{ name: "AuthenticationError", message: "network_error" }, "unreachable", "authority"],
    [{ code: "ServerBusy", statusCode: 503 }, "throttled", "Lower the concurrency"],
    [{ statusCode: 429 }, "throttled", "Lower the concurrency"],
    [{ code: "ENOTFOUND" }, "unreachable", "Check its URL"],
    [{ code: "BlobNotFound", statusCode: 404 }, "other", "BlobNotFound"],
  ])("%j means %s", (members, kind, words) => {
    const trouble = azureTrouble(Object.assign(new Error("words"), members));
    expect(trouble).toMatchObject({ kind, explanation: expect.stringContaining(words) });
  });

  it("is shown without the request and without signatures", () => {
    const request = { url: "https://reports.example/?sig=c2VjcmV0", headers: { authorization: "c2VjcmV0" } };
    const error = Object.assign(new Error("GET https://reports.example/?a=1&sig=c2VjcmV0 failed\nmore"), {
      request,
    });
    const trouble = azureTrouble(error);
    expect(inspect(trouble, { depth: 9, showHidden: true })).not.toContain("c2VjcmV0");
    expect(trouble?.cause.message).toBe("GET https://reports.example/?a=1&sig=**** failed");
  });

  it("is none when a call was aborted", () => {
    expect(azureTrouble(new DOMException("stopped", "AbortError"))).toBeUndefined();
    expect(azureTrouble("no error")).toBeUndefined();
  });
});
