import { inspect } from "node:util";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { Block, InvalidBlockError, secret } from "../../src/blocks/index.ts";
import { Secret } from "../../src/logging/secret.ts";
import { TestCredentials, TestToken, WeatherApi } from "./sample-blocks.ts";

const url = "https://weather.example";
const token = "tok-9f8e7d6c";

describe("a block", () => {
  it("has the parsed fields of its schema, defaults included", () => {
    const api = new WeatherApi({ url, token });
    expect(api.url).toBe(url);
    expect(api.token).toBeInstanceOf(Secret);
    expect(api.token.reveal()).toBe(token);
    expect(api.maxAgeSeconds).toBe(60);
    expect(api.credentials).toBeUndefined();
  });

  it("has what its class adds", async () => {
    const api = new WeatherApi({ url, token });
    await api.notify({ body: "rain" });
    expect(api.sent).toEqual([{ body: "rain" }]);
    expect(api.authorization()).toBe(`Bearer ${token}`);
  });

  it("takes a secret that is one already", () => {
    expect(new WeatherApi({ url, token: new Secret(token) }).token.reveal()).toBe(token);
  });

  it("holds other blocks", () => {
    const credentials = new TestCredentials({ keyId: "k", secretKey: "s3cr3t-key" });
    expect(new WeatherApi({ url, token, credentials }).credentials).toBe(credentials);
  });

  it("holds blocks of one of several types", () => {
    const Either = Block.define({
      slug: "either",
      name: "Either",
      schema: z.object({ auth: z.union([TestCredentials.field(), TestToken.field()]) }),
    });
    const auth = new TestToken({ token });
    expect(new Either({ auth }).auth).toBe(auth);
  });

  it("can be extended with fields and getters of the class's own", () => {
    class Counted extends Block.define({
      slug: "counted",
      name: "Counted",
      schema: z.object({ start: z.number().default(1) }),
    }) {
      #count = this.start;
      next(): number {
        this.#count += 1;
        return this.#count;
      }
    }
    expect(new Counted().next()).toBe(2);
  });

  it("does not let its fields be changed", () => {
    const api: { url: string } = new WeatherApi({ url, token }) as never;
    expect(() => {
      api.url = "https://other.example";
    }).toThrow(TypeError);
  });

  it("knows that it is saved nowhere yet", () => {
    const api = new WeatherApi({ url, token });
    expect([api.blockName, api.blockDocumentId]).toEqual([undefined, undefined]);
    expect(api.blockReference).toBe("weather-api");
    expect(api.blockTypeSlug).toBe("weather-api");
  });
});

describe("a block with wrong values", () => {
  it("names the type, every wrong field and the fields there are", () => {
    const make = () => new WeatherApi({ url: "nowhere", maxAgeSeconds: "60" } as never);
    expect(make).toThrow(InvalidBlockError);
    expect(make).toThrow(/"weather-api".*url: Invalid URL.*token: .*expected string.*maxAgeSeconds: /);
    expect(make).toThrow("Its fields are: url, token, maxAgeSeconds, labels, retryPolicy, credentials.");
  });

  it("names a field inside a field", () => {
    const make = () => new WeatherApi({ url, token, retryPolicy: { maxAttempts: 1.5 } });
    expect(make).toThrow("retryPolicy.maxAttempts: ");
  });

  it("refuses a field that its type does not have, and says what may have been meant", () => {
    const make = () => new WeatherApi({ url, token, maxAgeSecond: 5 } as never);
    expect(make).toThrow("maxAgeSecond: there is no such field; did you mean maxAgeSeconds?");
  });

  it("refuses a block of another type", () => {
    const make = () => new WeatherApi({ url, token, credentials: new TestToken({ token }) as never });
    expect(make).toThrow("credentials: Invalid input: expected a block of type test-credentials");
  });

  it("never shows a secret, not even in the messages of the schema's own checks", () => {
    class Picky extends Block.define({
      slug: "picky",
      name: "Picky",
      schema: z.object({
        pin: secret(
          z.string().refine((text) => text.length > 20, { error: ({ input }) => `${input} is short` }),
        ),
      }),
    }) {}
    const make = () => new Picky({ pin: "hunter2-hunter2" });
    expect(make).toThrow("pin: **** is short");
    try {
      make();
    } catch (error) {
      expect(inspect(error, { depth: 9 })).not.toContain("hunter2");
    }
  });
});

describe("a printed block", () => {
  const credentials = new TestCredentials({ keyId: "visible-id", secretKey: "s3cr3t-key" });
  const api = new WeatherApi({ url, token, credentials });

  it("shows its type and fields, and asterisks for secrets", () => {
    expect(inspect(api)).toContain("WeatherApi(weather-api)");
    expect(inspect(api)).toContain("token: ****");
    expect(inspect(api)).toContain("visible-id");
    expect(JSON.parse(JSON.stringify(api))).toEqual({
      blockTypeSlug: "weather-api",
      url,
      token: "****",
      maxAgeSeconds: 60,
      credentials: { blockTypeSlug: "test-credentials", keyId: "visible-id", secretKey: "****" },
    });
  });

  it.each([
    ["inspect", () => inspect(api, { depth: 9, showHidden: true })],
    ["JSON", () => JSON.stringify(api)],
    ["a template", () => `${api}`],
    ["its members", () => JSON.stringify(Object.entries(api))],
  ])("hides secrets in %s", (_, print) => {
    expect(print()).toContain(url);
    expect(print()).not.toContain(token);
    expect(print()).not.toContain("s3cr3t-key");
  });
});

describe("a block type that no document could hold", () => {
  const define = (schema: z.ZodObject, others: { slug?: string; name?: string } = {}) =>
    Block.define({ slug: "odd", name: "Odd", schema, ...others });

  it.each([
    ["a slug with capitals", () => define(z.object({}), { slug: "Odd" }), "small letters, digits"],
    ["a name with a slash", () => define(z.object({}), { name: "a/b" }), "without / % & > <"],
    ["a field named as a method", () => define(z.object({ save: z.string() })), "a member save"],
    ["a date", () => define(z.object({ day: z.date() })), "field day is a date, which JSON does not have"],
    [
      "a transform",
      () => define(z.object({ in: z.object({ size: z.string().transform(Number) }) })),
      "field in.size is made by a transform; use z.codec",
    ],
    [
      "two fields with one name on the wire",
      () => define(z.object({ base_url: z.string(), baseUrl: z.string() })),
      "base_url and baseUrl are both base_url",
    ],
    ["secrets in a list", () => define(z.object({ keys: z.array(secret()) })), "secret(z.array(…))"],
    [
      "secrets of objects in a list",
      () => define(z.object({ keys: z.array(z.object({ key: secret().optional() })) })),
      "keys[].key has secrets inside a list",
    ],
    [
      "a block in a list",
      () => define(z.object({ all: z.array(TestToken.field()) })),
      "all[] is a block inside another value",
    ],
  ])("is refused: %s", (_, make, message) => {
    expect(make).toThrow(message);
    expect(make).toThrow(expect.objectContaining({ code: "INVALID_BLOCK_TYPE" }));
  });

  it("takes codecs, recursion and secrets in records", () => {
    const tree: z.ZodType = z.object({
      name: z.string(),
      get children() {
        return z.array(tree);
      },
    });
    const day = z.codec(z.iso.date(), z.date(), {
      decode: (text) => new Date(text),
      encode: (date) => date.toISOString().slice(0, 10),
    });
    const Rich = define(z.object({ tree, day, headers: z.record(z.string(), secret()) }));
    const rich = new Rich({
      tree: { name: "root", children: [] },
      day: "2026-11-20",
      headers: { a: "secret-a" },
    });
    expect(rich).toMatchObject({ day: new Date("2026-11-20") });
    expect(inspect(rich)).not.toContain("secret-a");
  });

  it("is refused when its class has a member of a field's name", () => {
    class Clash extends (Block.define({
      slug: "clash",
      name: "Clash",
      schema: z.object({ location: z.string() }),
    }) as unknown as new (
      fields: object,
    ) => object) {
      get location(): string {
        return "here";
      }
    }
    expect(() => new Clash({ location: "there" })).toThrow("its class has a member location");
  });
});
