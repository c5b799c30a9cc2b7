import { blockSuite } from "@sluice/core/testing";
import { SlackCredentials } from "../src/index.ts";

blockSuite({
  type: SlackCredentials,
  sample: { token: "xoxb-s3cr3t-token", apiUrl: "https://slack-gov.com/api/" },
  wire: { token: "xoxb-s3cr3t-token", api_url: "https://slack-gov.com/api/" },
});
