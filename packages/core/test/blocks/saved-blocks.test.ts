import { describe, expect } from "vitest";
import { z } from "zod";
import { Block, secret } from "../../src/blocks/index.ts";
import { engineTest } from "../engine-fixture.ts";
import { TestCredentials, TestToken, WeatherApi } from "./sample-blocks.ts";

const url = "https://weather.example";
const token = "tok-9f8e7d6c";

describe("a saved block", () => {
  engineTest("is loaded with every field, as its class and by its reference", async () => {
    const api = new WeatherApi({ url, token, labels: { someKey: "a" }, retryPolicy: { maxAttempts: 3 } });
    await api.save("berlin");
    expect(api.blockName).toBe("berlin");
    expect(api.blockReference).toBe("weather-api/berlin");
    for (const loaded of [await WeatherApi.load("berlin"), await Block.load("weather-api/berlin")]) {
      expect(loaded).toBeInstanceOf(WeatherApi);
      expect(loaded).toEqual(api);
      expect((loaded as WeatherApi).token.reveal()).toBe(token);
      expect(loaded.blockDocumentId).toBe(api.blockDocumentId);
    }
    expect(`${await WeatherApi.load("weather-api/berlin")}`).toContain("WeatherApi(weather-api/berlin)");
  });

  engineTest(
    "has names as Prefect's clients write them, and its secrets only for those who ask",
    async ({ api }) => {
      const block = new WeatherApi({ url, token, labels: { someKey: "a" }, retryPolicy: { maxAttempts: 3 } });
      await block.save("berlin");
      const asked = await api.blockDocuments.getByName("weather-api", "berlin", { include_secrets: true });
      expect(asked.data).toEqual({
        url,
        token,
        max_age_seconds: 60,
        labels: { someKey: "a" },
        retry_policy: { max_attempts: 3 },
        block_type_slug: "weather-api",
      });
      const seen = await api.blockDocuments.getByName("weather-api", "berlin");
      expect(seen.data["token"]).toBe("********");
      expect(seen.block_schema).toMatchObject({ version: "1.2.0", capabilities: ["notify"] });
      expect(seen.block_type).toMatchObject({ name: "Weather API", description: "Asks for the weather." });
    },
  );

  engineTest("is not replaced unless that is asked for", async () => {
    await new WeatherApi({ url, token }).save("berlin");
    const other = new WeatherApi({ url: "https://other.example", token });
    await expect(other.save("berlin")).rejects.toThrow(
      "There is a block weather-api/berlin already. Save with",
    );
    expect(other.blockName).toBeUndefined();
    await other.save("berlin", { overwrite: true });
    expect((await WeatherApi.load("berlin")).url).toBe("https://other.example");
  });

  engineTest("loses the fields that its replacement does not have", async () => {
    await new WeatherApi({ url, token, labels: { a: "1" } }).save("berlin");
    await new WeatherApi({ url, token }).save("berlin", { overwrite: true });
    expect((await WeatherApi.load("berlin")).labels).toBeUndefined();
  });

  engineTest("is updated under its name, the other fields as they were", async () => {
    const api = new WeatherApi({ url, token, labels: { a: "1" } });
    await api.save("berlin");
    const updated = await api.update({ url: "https://other.example", labels: undefined });
    expect([updated.url, updated.labels, updated.token.reveal()]).toEqual([
      "https://other.example",
      undefined,
      token,
    ]);
    expect(updated.blockName).toBe("berlin");
    expect(await WeatherApi.load("berlin")).toEqual(updated);
  });

  engineTest("stays as it was when an update does not fit", async () => {
    const api = new WeatherApi({ url, token });
    await api.save("berlin");
    await expect(api.update({ url: "nowhere" })).rejects.toMatchObject({ code: "INVALID_BLOCK" });
    expect((await WeatherApi.load("berlin")).url).toBe(url);
  });

  engineTest("that was never saved is updated in memory only", async ({ api }) => {
    const updated = await new WeatherApi({ url, token }).update({ maxAgeSeconds: 5 });
    expect(updated.maxAgeSeconds).toBe(5);
    expect(await api.blockDocuments.count({})).toBe(0);
  });

  engineTest("is gone when it is deleted", async () => {
    await new WeatherApi({ url, token }).save("berlin");
    await WeatherApi.delete("berlin");
    await expect(WeatherApi.load("berlin")).rejects.toMatchObject({
      code: "OBJECT_NOT_FOUND",
      message: expect.stringMatching(
        /There is no block weather-api\/berlin in .*SLUICE_BLOCK_WEATHER_API__BERLIN/,
      ),
    });
    await expect(WeatherApi.delete("berlin")).rejects.toMatchObject({ code: "OBJECT_NOT_FOUND" });
  });

  engineTest("is saved again although its type was deleted meanwhile", async ({ api }) => {
    await new WeatherApi({ url, token }).save("berlin");
    await api.blockTypes.delete((await api.blockTypes.getBySlug("weather-api")).id);
    await new WeatherApi({ url, token }).save("berlin");
    expect((await WeatherApi.load("berlin")).url).toBe(url);
  });

  engineTest("needs a name that servers take", async () => {
    await expect(new WeatherApi({ url, token }).save("Berlin!")).rejects.toThrow("small letters, digits");
    await expect(WeatherApi.load("secret/berlin")).rejects.toThrow("is not of the type weather-api");
    await expect(Block.load("berlin")).rejects.toThrow('"berlin" names no block');
  });

  engineTest("of a type that nobody defines is a clear error", async () => {
    await expect(Block.load("no-such-type/x")).rejects.toMatchObject({
      code: "UNKNOWN_BLOCK_TYPE",
      message: expect.stringMatching(/no-such-type.*Import the module.*sluice plugin ls/),
    });
  });

  engineTest("stops when the signal aborts", async () => {
    const signal = AbortSignal.abort(new Error("enough"));
    await expect(new WeatherApi({ url, token }).save("berlin", { signal })).rejects.toThrow("enough");
    await expect(WeatherApi.load("berlin", { signal })).rejects.toThrow("enough");
  });
});

describe("a block with a block inside", () => {
  const secretKey = "s3cr3t-key-of-the-credentials";

  engineTest("refers to it when it is saved, and follows its changes", async ({ api }) => {
    const credentials = new TestCredentials({ keyId: "k", secretKey });
    await credentials.save("prod");
    await new WeatherApi({ url, token, credentials }).save("berlin");
    const loaded = await WeatherApi.load("berlin");
    expect(loaded.credentials).toBeInstanceOf(TestCredentials);
    expect(loaded.credentials?.blockName).toBe("prod");
    expect(loaded.credentials?.secretKey.reveal()).toBe(secretKey);
    await credentials.update({ keyId: "k2" });
    expect((await WeatherApi.load("berlin")).credentials?.keyId).toBe("k2");
    const seen = await api.blockDocuments.getByName("weather-api", "berlin");
    expect(seen.data["credentials"]).toMatchObject({ key_id: "k2", secret_key: "********" });
    // Saving it again keeps the reference.
    await (await WeatherApi.load("berlin")).save("paris");
    expect((await WeatherApi.load("paris")).credentials?.blockName).toBe("prod");
  });

  engineTest("keeps it inside when it is not saved, its secrets hidden too", async ({ api }) => {
    const credentials = new TestCredentials({ keyId: "k", secretKey });
    await new WeatherApi({ url, token, credentials }).save("berlin");
    const loaded = await WeatherApi.load("berlin");
    expect(loaded.credentials).toEqual(credentials);
    expect(loaded.credentials?.blockName).toBeUndefined();
    const seen = await api.blockDocuments.getByName("weather-api", "berlin");
    expect(JSON.stringify(seen)).not.toContain(secretKey);
    expect(JSON.stringify(seen)).not.toContain(token);
  });

  engineTest("of one of several types gets each as its class", async () => {
    class Either extends Block.define({
      slug: "either-saved",
      name: "Either",
      schema: z.object({ auth: z.union([TestCredentials.field(), TestToken.field()]) }),
    }) {}
    const saved = new TestToken({ token });
    await saved.save("one");
    await new Either({ auth: saved }).save("referring");
    await new Either({ auth: new TestCredentials({ keyId: "k", secretKey }) }).save("containing");
    expect((await Either.load("referring")).auth).toBeInstanceOf(TestToken);
    expect((await Either.load("containing")).auth).toBeInstanceOf(TestCredentials);
  });
});

describe("a document of an older schema", () => {
  const older = Block.define({
    slug: "mailbox",
    name: "Mailbox",
    version: "1",
    schema: z.object({ hostName: z.string(), password: secret() }),
  });

  engineTest(
    "is brought to the present one by migrate, which is told where it comes from",
    async ({ api }) => {
      await new older({ hostName: "mail.example", password: "pass-word-1" }).save("team");
      const origins: unknown[] = [];
      class Mailbox extends Block.define({
        slug: "mailbox",
        name: "Mailbox",
        version: "2",
        schema: z.object({ server: z.object({ host: z.string(), port: z.number() }), password: secret() }),
        migrate: (data, from) => {
          origins.push(from);
          return { ...data, server: { host: data["hostName"], port: 25 } };
        },
      }) {}
      const loaded = await Mailbox.load("team");
      expect(loaded.server).toEqual({ host: "mail.example", port: 25 });
      expect(loaded.password.reveal()).toBe("pass-word-1");
      expect(origins).toEqual([{ checksum: expect.stringMatching(/^sha256:/), version: "1" }]);
      await loaded.save("team", { overwrite: true });
      await Mailbox.load("team");
      expect(origins).toHaveLength(1);
      const versions = (await api.blockSchemas.filter({})).map(({ version }) => version);
      expect(versions.toSorted()).toEqual(["1", "2"]);
    },
  );

  engineTest("that no longer fits says which block, which field and what to do, and no secret", async () => {
    await new older({ hostName: "mail.example", password: "pass-word-1" }).save("team");
    class Mailbox extends Block.define({
      slug: "mailbox",
      name: "Mailbox",
      schema: z.object({ port: z.number(), password: secret(z.string().min(50)) }),
    }) {}
    const error = await Mailbox.load("team").catch((thrown: Error) => thrown);
    expect(String(error)).toMatch(
      /"mailbox\/team" does not fit its schema: port: .*password: .*Save it again.*version 1 of its schema/,
    );
    expect(JSON.stringify(error)).not.toContain("pass-word-1");
  });

  engineTest("inside another document is migrated too", async () => {
    const V1 = Block.define({ slug: "inner", name: "Inner", schema: z.object({ old: z.string() }) });
    const OuterV1 = Block.define({
      slug: "outer",
      name: "Outer",
      schema: z.object({ inner: V1.field() }),
    });
    const inner = new V1({ old: "value" });
    await inner.save("i");
    await new OuterV1({ inner }).save("o");
    class Inner extends Block.define({
      slug: "inner",
      name: "Inner",
      schema: z.object({ fresh: z.string() }),
      migrate: (data) => ({ fresh: data["old"] }),
    }) {}
    const Outer = Block.define({ slug: "outer", name: "Outer", schema: z.object({ inner: Inner.field() }) });
    expect((await Outer.load("o")).inner.fresh).toBe("value");
  });

  engineTest("is an error without its data when migrate throws", async () => {
    await new older({ hostName: "mail.example", password: "pass-word-1" }).save("team");
    const Mailbox = Block.define({
      slug: "mailbox",
      name: "Mailbox",
      schema: z.object({ port: z.number() }),
      migrate: (data) => {
        throw new Error(`cannot read ${data["password"]}`);
      },
    });
    const error = await Mailbox.load("team").catch((thrown: Error) => thrown);
    expect(String(error)).toMatch(/mailbox\/team.*migrate\(\) of its type threw.*version 1/);
    expect(String(error)).not.toContain("pass-word-1");
  });
});

describe("a document as Prefect's clients write it", () => {
  engineTest(
    "may have nulls for optional fields, marks and members that nobody declares",
    async ({ api }) => {
      await WeatherApi.register();
      const type = await api.blockTypes.getBySlug("weather-api");
      const [schema] = await api.blockSchemas.filter({
        block_schemas: { block_type_id: { any_: [type.id] } },
      });
      await api.blockDocuments.create({
        name: "python",
        block_type_id: type.id,
        block_schema_id: schema?.id ?? "",
        data: {
          url,
          token,
          labels: null,
          credentials: null,
          block_type_slug: "weather-api",
          _is_anonymous: false,
          surprise: 1,
        },
      });
      const loaded = await WeatherApi.load("python");
      expect(loaded).toMatchObject({ url, maxAgeSeconds: 60 });
      expect(loaded.labels).toBeUndefined();
    },
  );
});
