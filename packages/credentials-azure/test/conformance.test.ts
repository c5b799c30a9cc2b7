import { blockSuite } from "@sluice/core/testing";
import { AzureBlobStorageCredentials } from "../src/index.ts";

blockSuite({
  type: AzureBlobStorageCredentials,
  sample: {
    connectionString: "AccountName=reports;AccountKey=c2VjcmV0",
    accountUrl: "https://reports.blob.core.windows.net",
    accountKey: "a2V5IG9mIHRoZSBhY2NvdW50",
    clientId: "some-client",
    tenantId: "some-tenant",
    clientSecret: "secret of the client",
    authorityHost: "https://login.microsoftonline.us",
  },
  wire: {
    connection_string: "AccountName=reports;AccountKey=c2VjcmV0",
    account_url: "https://reports.blob.core.windows.net",
    account_key: "a2V5IG9mIHRoZSBhY2NvdW50",
    client_id: "some-client",
    tenant_id: "some-tenant",
    client_secret: "secret of the client",
    authority_host: "https://login.microsoftonline.us",
  },
});
