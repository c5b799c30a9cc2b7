import { blockSuite } from "@sluice/core/testing";
import { GcpCredentials, GcpSecret } from "../src/index.ts";

const info = { client_email: "flows@acme.example", private_key: "a private key" };
const fields = {
  serviceAccountFile: "~/keys/flows.json",
  serviceAccountInfo: info,
  project: "acme-project",
  impersonateServiceAccount: "other@acme.example",
};
const wire = {
  service_account_file: "~/keys/flows.json",
  service_account_info: info,
  project: "acme-project",
  impersonate_service_account: "other@acme.example",
};

blockSuite({ type: GcpCredentials, sample: fields, wire });

blockSuite({
  type: GcpSecret,
  sample: {
    gcpCredentials: new GcpCredentials(fields),
    secretName: "database-password",
    secretVersion: "3",
    endpoint: "https://secretmanager.example",
  },
  wire: {
    gcp_credentials: wire,
    secret_name: "database-password",
    secret_version: "3",
    endpoint: "https://secretmanager.example",
  },
});
