import { blockSuite } from "@sluice/core/testing";
import { HttpService } from "../src/index.ts";

const place = { baseUrl: "https://weather.example/v1/", headers: { "x-key": "a-secret-header" } };
const placeOnWire = { base_url: "https://weather.example/v1/", headers: { "x-key": "a-secret-header" } };

blockSuite({
  type: HttpService,
  sample: { ...place, token: "a-bearer-token" },
  wire: { ...placeOnWire, token: "a-bearer-token" },
  without: ["username", "password"],
});

blockSuite({
  type: HttpService,
  sample: { ...place, username: "ada", password: "a-basic-password" },
  wire: { ...placeOnWire, username: "ada", password: "a-basic-password" },
  without: ["token"],
});
