import { blockSuite } from "@sluice/core/testing";
import { HttpService } from "../src/index.ts";

const baseUrl = "https://weather.acme.example/v1";
const headers = { "X-Api-Key": "a-secret-key" };

blockSuite({
  type: HttpService,
  sample: { baseUrl, token: "a-secret-token", headers },
  wire: { base_url: baseUrl, token: "a-secret-token", headers },
  without: ["username", "password"],
});

blockSuite({
  type: HttpService,
  sample: { baseUrl, username: "ada", password: "a-password", headers },
  wire: { base_url: baseUrl, username: "ada", password: "a-password", headers },
  without: ["token"],
});
