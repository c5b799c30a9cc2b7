import { blockSuite } from "@sluice/core/testing";
import { GitHubCredentials } from "../src/index.ts";

const baseUrl = "https://github.acme.example/api/v3";

blockSuite({
  type: GitHubCredentials,
  sample: { token: "ghp_a-secret-token", baseUrl },
  wire: { token: "ghp_a-secret-token", base_url: baseUrl },
  without: ["appId", "privateKey", "installationId"],
});

blockSuite({
  type: GitHubCredentials,
  sample: { appId: 12, privateKey: "a private key", installationId: 34, baseUrl },
  wire: { app_id: 12, private_key: "a private key", installation_id: 34, base_url: baseUrl },
  without: ["token"],
});
