/** Block types that tests use. */
import { z } from "zod";
import { Block, secret } from "../../src/blocks/index.ts";
import type { Notification, Notifier } from "../../src/notifiers/notifier.ts";

export class TestCredentials extends Block.define({
  slug: "test-credentials",
  name: "Test Credentials",
  schema: z.object({ keyId: z.string(), secretKey: secret(z.string().min(8)) }),
}) {}

export class TestToken extends Block.define({
  slug: "test-token",
  name: "Test Token",
  schema: z.object({ token: secret() }),
}) {}

export class WeatherApi
  extends Block.define({
    slug: "weather-api",
    name: "Weather API",
    description: "Asks for the weather.",
    schema: z.object({
      url: z.url(),
      token: secret(),
      maxAgeSeconds: z.number().default(60),
      labels: z.record(z.string(), z.string()).optional(),
      retryPolicy: z.object({ maxAttempts: z.number().int() }).optional(),
      credentials: TestCredentials.field().optional(),
    }),
    capabilities: ["notify"],
    version: "1.2.0",
  })
  implements Notifier
{
  readonly sent: Notification[] = [];

  async notify(message: Notification): Promise<void> {
    this.sent.push(message);
  }

  authorization(): string {
    return `Bearer ${this.token.reveal()}`;
  }
}
