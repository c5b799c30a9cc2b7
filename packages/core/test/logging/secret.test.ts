import { inspect } from "node:util";
import { describe, expect, expectTypeOf, it } from "vitest";
import { LogDispatcher } from "../../src/logging/log-dispatcher.ts";
import { Redactor, registerSecret } from "../../src/logging/redactor.ts";
import { Secret } from "../../src/logging/secret.ts";
import { collectingSink } from "./collecting-sink.ts";

describe("a Secret", () => {
  const secret = new Secret("correct-horse");

  it("shows its value only when it is asked to", () => {
    expect(secret.reveal()).toBe("correct-horse");
    expectTypeOf(new Secret({ user: "u" }).reveal()).toEqualTypeOf<{ user: string }>();
    const shown = [
      String(secret),
      `${secret}`,
      JSON.stringify({ secret }),
      inspect({ secret }, { showHidden: true, depth: 9 }),
      `x${Object.values({ ...secret }).join("")}`,
    ];
    expect(shown.join()).not.toContain("correct-horse");
    expect(shown[0]).toBe("****");
  });

  it("hides its text in messages, fields, keys and errors of every log", () => {
    const sink = collectingSink();
    const logger = new LogDispatcher({ sinks: [sink] }).logger("x");
    const error = new Error("refused correct-horse", { cause: new Error("by correct-horse") });
    const fields = {
      secret,
      list: ["a correct-horse b"],
      "correct-horse": 1,
      url: new URL("http://h/?k=correct-horse"),
    };
    logger.child({ inherited: "correct-horse" }).error("Sent correct-horse", { ...fields, error });
    const written = JSON.stringify(sink.records);
    expect(written).not.toContain("correct-horse");
    expect(sink.records[0]).toMatchObject({ message: "Sent ****", fields: { secret: "****", "****": 1 } });
  });

  it("hides every text inside an object, a list and a map", () => {
    new Secret({ user: "the-user", keys: ["key-number-1"], more: new Map([["a", "in-a-map"]]), pin: 86420 });
    const sink = collectingSink();
    new LogDispatcher({ sinks: [sink] })
      .logger("x")
      .info("the-user key-number-1 in-a-map 86420", { pin: 86420 });
    expect(sink.records[0]).toMatchObject({ message: "**** **** **** ****", fields: { pin: "****" } });
  });

  it("hides a text registered without one", () => {
    registerSecret("registered-by-hand");
    const sink = collectingSink();
    new LogDispatcher({ sinks: [sink] }).logger("x").info("is registered-by-hand");
    expect(sink.records[0]?.message).toBe("is ****");
  });
});

describe("a redactor", () => {
  it("replaces the longest secret first", () => {
    const redactor = new Redactor();
    redactor.register("abcd");
    redactor.register("abcdefgh");
    expect(redactor.redact("abcdefgh abcd")).toBe("**** ****");
  });

  it("takes secrets as texts, not as patterns, and the replacement too", () => {
    const redactor = new Redactor();
    redactor.register("a.b*c$&(");
    expect(redactor.redact("a.b*c$&( axbbc")).toBe("**** axbbc");
  });

  it("also knows a secret inside JSON and inside a URL", () => {
    const redactor = new Redactor();
    const key = '-----BEGIN "KEY"\npass/word+=\n';
    redactor.register(key);
    expect(redactor.redact(JSON.stringify({ key }))).toBe('{"key":"****"}');
    expect(redactor.redact(`postgres://u:${encodeURIComponent(key)}@host`)).toBe("postgres://u:****@host");
  });

  it("ignores texts that occur by chance", () => {
    const redactor = new Redactor();
    for (const text of ["", "   ", "abc", "a    "]) redactor.register(text);
    expect(redactor.isEmpty).toBe(true);
    expect(redactor.redact("abc     a    ")).toBe("abc     a    ");
  });

  it("takes a text that is not well-formed", () => {
    const redactor = new Redactor();
    redactor.register("half\ud83d");
    expect(redactor.redact("x half\ud83d y")).toBe("x **** y");
  });

  it("forgets the oldest texts without an owner first, and none with one", () => {
    const redactor = new Redactor({ maxUnowned: 2 });
    const owner = {};
    redactor.register("owned-text", owner);
    for (const text of ["first-text", "second-text", "third-text"]) redactor.register(text);
    expect(redactor.redact("owned-text first-text second-text third-text")).toBe("**** first-text **** ****");
    expect(owner).toBeDefined();
  });
});
