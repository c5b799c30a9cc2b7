/** The part of the serialiser suite about errors. */
import { types } from "node:util";
import { expect, it } from "vitest";
import { type RoundTrip, Unregistered } from "./serializer-samples.ts";

class Temperature extends Error {
  override readonly name = "Temperature";
  readonly degrees = 40;
}

/** Tests of how errors are carried. */
export function errorTests(roundTrip: RoundTrip): void {
  it.each([Error, TypeError, RangeError, SyntaxError, ReferenceError, EvalError, URIError])(
    "carries a %o as what it is",
    async (Class) => {
      const error = Object.assign(new Class("message", { cause: new Error("root") }), {
        code: "E_CODE",
        details: { at: new Date(0) },
      });
      const back = (await roundTrip(error)) as typeof error;
      expect(back).toBeInstanceOf(Class);
      expect(types.isNativeError(back)).toBe(true);
      expect(back).toMatchObject({
        name: Class.name,
        message: "message",
        stack: error.stack,
        code: "E_CODE",
      });
      expect(back.details.at).toEqual(new Date(0));
      expect((back.cause as Error).message).toBe("root");
      expect(Object.keys(back)).toEqual(["code", "details"]);
    },
  );

  it("carries an error of the user's as the built-in class it extends, with its name and fields", async () => {
    const back = (await roundTrip(new Temperature("hot"))) as Temperature;
    expect(back).toBeInstanceOf(Error);
    expect(back).toMatchObject({ name: "Temperature", message: "hot", degrees: 40 });
  });

  it("carries the errors of an AggregateError", async () => {
    const back = (await roundTrip(
      new AggregateError([new TypeError("a"), "b"], "several"),
    )) as AggregateError;
    expect(back).toBeInstanceOf(AggregateError);
    expect(back.message).toBe("several");
    expect(back.errors[0]).toBeInstanceOf(TypeError);
    expect(back.errors[1]).toBe("b");
  });

  it("carries the reason of an abort", async () => {
    const back = (await roundTrip(AbortSignal.abort().reason)) as DOMException;
    expect(back).toBeInstanceOf(DOMException);
    expect(back.name).toBe("AbortError");
  });

  it("carries an error that is its own cause", async () => {
    const error = new Error("a");
    error.cause = { error };
    const back = (await roundTrip(error)) as Error & { cause: { error: unknown } };
    expect(back.cause.error).toBe(back);
  });

  it("carries as text what an error holds and cannot be carried, so that the error gets through", async () => {
    const error = Object.assign(new Error("request failed", { cause: new Unregistered() }), {
      config: { url: "/x", transform: function shout() {} },
    });
    const back = (await roundTrip({ error })) as { error: typeof error };
    expect(back.error.config).toEqual({ url: "/x", transform: "[Function: shout]" });
    expect(back.error.cause).toMatch(/Unregistered/);
  });
}
