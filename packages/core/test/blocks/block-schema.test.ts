import { blockSchemaChecksum } from "@sluice/protocol";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { blockSchemaOnWire } from "../../src/blocks/block-schema-fields.ts";
import { Block, secret } from "../../src/blocks/index.ts";
import { TestCredentials, TestToken, WeatherApi } from "./sample-blocks.ts";

describe("the schema of a block type on the wire", () => {
  it("is that of Prefect's clients: snake_case members, secrets by path, nested blocks by reference", () => {
    const { fields, checksum } = blockSchemaOnWire(WeatherApi);
    expect(fields).toMatchObject({
      title: "WeatherApi",
      description: "Asks for the weather.",
      type: "object",
      block_type_slug: "weather-api",
      required: ["url", "token"],
      secret_fields: ["token", "credentials.secret_key"],
      properties: {
        url: { title: "Url", type: "string", format: "uri" },
        token: { title: "Token", type: "string", format: "password", writeOnly: true },
        max_age_seconds: { title: "Max Age Seconds", type: "number", default: 60 },
        retry_policy: { properties: { max_attempts: { type: "integer" } }, required: ["max_attempts"] },
        credentials: { title: "Credentials", allOf: [{ $ref: "#/definitions/TestCredentials" }] },
      },
      block_schema_references: {
        credentials: {
          block_type_slug: "test-credentials",
          block_schema_checksum: blockSchemaOnWire(TestCredentials).checksum,
        },
      },
      definitions: {
        TestCredentials: { block_type_slug: "test-credentials", secret_fields: ["secret_key"] },
      },
    });
    expect(checksum).toBe(blockSchemaChecksum(fields));
  });

  it("lists the types that one field may hold", () => {
    const Either = Block.define({
      slug: "either-listed",
      name: "Either",
      schema: z.object({ auth: z.union([TestCredentials.field(), TestToken.field()]).optional() }),
    });
    const { fields } = blockSchemaOnWire(Either);
    expect(fields.properties["auth"]).toMatchObject({
      anyOf: [{ $ref: "#/definitions/TestCredentials" }, { $ref: "#/definitions/TestToken" }],
    });
    expect(fields["block_schema_references"]).toMatchObject({
      auth: [{ block_type_slug: "test-credentials" }, { block_type_slug: "test-token" }],
    });
    expect(fields.secret_fields).toEqual(["auth.secret_key", "auth.token"]);
  });

  it("says where secrets are inside records, objects and choices", () => {
    const Deep = Block.define({
      slug: "deep",
      name: "Deep",
      schema: z.object({
        headers: secret(z.record(z.string(), z.string())),
        byName: z.record(z.string(), secret()),
        login: z.discriminatedUnion("kind", [
          z.object({ kind: z.literal("password"), passWord: secret() }),
          z.object({ kind: z.literal("none") }),
        ]),
        maybe: secret().nullable(),
      }),
    });
    expect(blockSchemaOnWire(Deep).fields.secret_fields.toSorted()).toEqual([
      "by_name.*",
      "headers.*",
      "login.pass_word",
      "maybe",
    ]);
  });

  it("does not show the default of a secret", () => {
    const Defaulted = Block.define({
      slug: "defaulted",
      name: "Defaulted",
      schema: z.object({
        pin: secret().prefault("0000-0000"),
        policy: z.object({ maxTries: z.number() }).default({ maxTries: 3 }),
      }),
    });
    const text = JSON.stringify(blockSchemaOnWire(Defaulted).fields);
    expect(text).not.toContain("0000");
    expect(text).toContain('"default":{"max_tries":3}');
    expect(new Defaulted({}).pin.reveal()).toBe("0000-0000");
  });

  it("is the same for a class and the class it extends, and each time", () => {
    class Extended extends WeatherApi {}
    expect(blockSchemaOnWire(Extended)).toBe(blockSchemaOnWire(WeatherApi));
  });
});
