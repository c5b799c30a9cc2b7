import { flow, type Notification, type Notifier, notifyOn, runLogger } from "@sluice/core";
import { Block, SecretBlock, secret } from "@sluice/core/blocks";
import { z } from "zod";

export class WeatherAccount extends Block.define({
  slug: "weather-account",
  name: "Weather Account",
  schema: z.object({ user: z.string(), password: secret() }),
}) {}

export class WeatherApi
  extends Block.define({
    slug: "weather-api",
    name: "Weather API",
    version: "2",
    capabilities: ["notify"],
    schema: z.object({
      url: z.url(),
      token: secret(z.string().min(8)),
      maxAgeSeconds: z.number().default(60),
      account: WeatherAccount.field().optional(), // another block
    }),
    migrate: (data, from) => (from.version === "1" ? { ...data, url: data["address"] } : data),
  })
  implements Notifier
{
  async notify({ body }: Notification): Promise<void> {
    await fetch(new URL("messages", this.url), {
      method: "POST",
      headers: { authorization: `Bearer ${this.token.reveal()}` },
      body,
      signal: AbortSignal.timeout(10_000),
    });
  }
}

export async function saveAndLoad(url: string): Promise<WeatherApi> {
  const account = new WeatherAccount({ user: "ada", password: "correct horse" });
  await account.save("team");
  const api = new WeatherApi({ url, token: "tok-12345678", account });
  await api.save("berlin", { overwrite: true }); // registers its type, too

  const loaded = await WeatherApi.load("berlin"); // typed: loaded.account?.user is a string
  const same = await Block.load("weather-api/berlin"); // an instance of WeatherApi
  const slower = await loaded.update({ maxAgeSeconds: 600 }); // saved under the same name
  await WeatherAccount.delete("team");
  return same.blockName === loaded.blockName ? slower : loaded;
}

export const forecast = flow(
  {
    name: "forecast",
    onStateChange: notifyOn(["FAILED", "CRASHED"], "weather-api/berlin"),
    persistResult: true,
    resultStorage: "local-file-system/forecasts",
  },
  async ({ day }: { day: string }) => {
    const key = await SecretBlock.load("maps-key");
    runLogger().info("Asking", { key }); // key={"blockTypeSlug":"secret","blockName":"maps-key","value":"****"}
    return `sunny on ${day}, says ${key.reveal().length}`;
  },
);
