import { afterEach, describe, expect, vi } from "vitest";
import { Block, environmentBlocks } from "../../src/blocks/index.ts";
import { engineTest } from "../engine-fixture.ts";
import { TestCredentials, WeatherApi } from "./sample-blocks.ts";

const url = "https://weather.example";
const VARIABLE = "SLUICE_BLOCK_WEATHER_API__FROM_CI";

// One file, one process: nobody else has its environment.
afterEach(() => {
  vi.unstubAllEnvs();
});

describe("a block declared in the environment", () => {
  engineTest("is loaded from there, its names written either way", async ({ api }) => {
    vi.stubEnv(
      VARIABLE,
      JSON.stringify({ url, token: "tok-from-env", maxAgeSeconds: 1, retry_policy: { max_attempts: 2 } }),
    );
    for (const loaded of [await WeatherApi.load("from-ci"), await Block.load("weather-api/from-ci")]) {
      expect(loaded).toMatchObject({ url, maxAgeSeconds: 1, retryPolicy: { maxAttempts: 2 } });
      expect([loaded.blockName, loaded.blockDocumentId]).toEqual(["from-ci", undefined]);
    }
    expect(await api.blockTypes.filter({})).toEqual([]);
  });

  engineTest("comes before the saved one of its name", async () => {
    await new WeatherApi({ url, token: "saved" }).save("from-ci");
    vi.stubEnv(VARIABLE, JSON.stringify({ url: "https://env.example", token: "tok-from-env" }));
    expect((await WeatherApi.load("from-ci")).url).toBe("https://env.example");
  });

  engineTest("may hold another block's data, or its reference", async () => {
    const inside = { keyId: "k", secret_key: "s3cr3t-key" };
    vi.stubEnv(VARIABLE, JSON.stringify({ url, token: "tok", credentials: inside }));
    expect((await WeatherApi.load("from-ci")).credentials).toBeInstanceOf(TestCredentials);
    await new TestCredentials({ keyId: "saved", secretKey: "s3cr3t-key" }).save("prod");
    vi.stubEnv(VARIABLE, JSON.stringify({ url, token: "tok", credentials: "test-credentials/prod" }));
    expect((await WeatherApi.load("from-ci")).credentials?.keyId).toBe("saved");
  });

  engineTest("that is no JSON names the variable and shows nothing of it", async () => {
    vi.stubEnv(VARIABLE, '{"token": "tok-secret');
    const error = await WeatherApi.load("from-ci").catch((thrown: Error) => thrown);
    expect(String(error)).toContain(`The environment variable ${VARIABLE} is not a JSON object.`);
    expect(String(error)).not.toContain("tok-secret");
  });

  engineTest("that does not fit names the variable and the field", async () => {
    vi.stubEnv(VARIABLE, JSON.stringify({ url, token: 5 }));
    await expect(WeatherApi.load("from-ci")).rejects.toThrow(
      new RegExp(`"weather-api/from-ci".*token: .*environment variable ${VARIABLE}`),
    );
  });

  engineTest("cannot be updated, but saved", async () => {
    vi.stubEnv(VARIABLE, JSON.stringify({ url, token: "tok-from-env" }));
    const loaded = await WeatherApi.load("from-ci");
    await expect(loaded.update({ url: "https://x.example" })).rejects.toThrow(VARIABLE);
    await loaded.save("kept");
    expect((await WeatherApi.load("kept")).token.reveal()).toBe("tok-from-env");
  });

  engineTest("is listed with its variable", async () => {
    vi.stubEnv(VARIABLE, "{}");
    vi.stubEnv("SLUICE_BLOCK_NONSENSE", "{}");
    expect(environmentBlocks()).toEqual([{ slug: "weather-api", name: "from-ci", variable: VARIABLE }]);
  });
});
