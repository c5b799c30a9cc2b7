/** Types of blocks; `tsc` is what checks them, so nothing here is called. */
import { describe, expectTypeOf, it } from "vitest";
import { z } from "zod";
import { Block, secret } from "../../src/blocks/index.ts";
import type { Secret } from "../../src/logging/secret.ts";
import type { Notifier } from "../../src/notifiers/notifier.ts";
import { TestCredentials, TestToken, type WeatherApi } from "./sample-blocks.ts";

describe("the types of a block", () => {
  it("come from its schema", () => {
    expectTypeOf<WeatherApi["url"]>().toEqualTypeOf<string>();
    expectTypeOf<WeatherApi["token"]>().toEqualTypeOf<Secret<string>>();
    expectTypeOf<WeatherApi["maxAgeSeconds"]>().toEqualTypeOf<number>();
    expectTypeOf<WeatherApi["credentials"]>().toEqualTypeOf<TestCredentials | undefined>();
    expectTypeOf<WeatherApi>().toExtend<Notifier>();
    expectTypeOf<WeatherApi>().toExtend<Block>();
  });

  it("let the fields be given as the schema takes them", () => {
    type Given = ConstructorParameters<typeof WeatherApi>[0];
    expectTypeOf<Given["token"]>().toEqualTypeOf<string | Secret<string>>();
    expectTypeOf<Given["maxAgeSeconds"]>().toEqualTypeOf<number | undefined>();
    expectTypeOf<{ url: string; token: string }>().toExtend<Given>();
    expectTypeOf<{ url: string }>().not.toExtend<Given>();
    expectTypeOf<{ url: string; token: string; credentials: TestToken }>().not.toExtend<Given>();
  });

  it("make nothing necessary when every field may be left out", () => {
    const Loose = Block.define({ slug: "l", name: "L", schema: z.object({ a: z.string().optional() }) });
    expectTypeOf<[]>().toExtend<ConstructorParameters<typeof Loose>>();
    expectTypeOf<[]>().not.toExtend<ConstructorParameters<typeof WeatherApi>>();
  });

  it("tell nested blocks of several types apart by their class", () => {
    const auth = z.union([TestCredentials.field(), TestToken.field()]);
    expectTypeOf<z.output<typeof auth>>().toEqualTypeOf<TestCredentials | TestToken>();
  });

  it("keep what is inside a secret", () => {
    const pair = secret(z.object({ user: z.string(), port: z.coerce.number() }));
    expectTypeOf<z.output<typeof pair>>().toEqualTypeOf<Secret<{ user: string; port: number }>>();
  });

  it("do not let fields be assigned", () => {
    expectTypeOf<Pick<WeatherApi, "url">>().toEqualTypeOf<{ readonly url: string }>();
  });
});
