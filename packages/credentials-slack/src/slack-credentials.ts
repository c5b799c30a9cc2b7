/** The token of a Slack app. */
import type { Deliverer } from "@sluice/core";
import { Block, secret } from "@sluice/core/blocks";
import { z } from "zod";
import { SlackClient } from "./slack-client.ts";

const API_URL = "https://slack.com/api/";

/**
 * The token of a Slack app's bot. The same block type as Prefect's, and `apiUrl`.
 *
 * ```ts
 * const credentials = new SlackCredentials({ token: process.env.SLACK_TOKEN });
 * await credentials.client().postMessage({ channel: "#reports", text: "42 generous trips" });
 * ```
 */
export class SlackCredentials extends Block.define({
  slug: "slack-credentials",
  name: "Slack Credentials",
  description: "The token of a Slack app.",
  schema: z.object({
    token: secret(z.string().min(1)).describe("Bot user OAuth token; begins with xoxb-."),
    apiUrl: z
      .url({ protocol: /^https?$/ })
      .optional()
      .describe("URL of the API, where it is not https://slack.com/api/."),
  }),
}) {
  /** @param caller - the block that errors name. Default: this one. */
  client(caller: Deliverer = this): SlackClient {
    return new SlackClient({ token: this.token, apiUrl: this.apiUrl ?? API_URL, caller });
  }
}
