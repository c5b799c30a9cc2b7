/** What every serialiser must do; the tests of a serialiser call it with a way to make one. */
import { deepStrictEqual } from "node:assert/strict";
import { types } from "node:util";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { registerSerializable } from "../serializers/serializable-class.ts";
import type { Serializer } from "../serializers/serializer.ts";

export interface SerializerSuiteOptions {
  /** As in the title of the tests. */
  readonly name: string;
  readonly create: () => Serializer;
}

/** Registered for the tests. */
class Money {
  readonly amount: bigint;
  readonly currency: string;
  constructor(amount: bigint, currency: string) {
    this.amount = amount;
    this.currency = currency;
  }
}

class Unregistered {
  readonly x = 1;
}

class Temperature extends Error {
  override readonly name = "Temperature";
  readonly degrees = 40;
}

const VALUES: Readonly<Record<string, unknown>> = {
  undefined: undefined,
  null: null,
  true: true,
  zero: 0,
  "minus zero": -0,
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  "minus Infinity": Number.NEGATIVE_INFINITY,
  "a fraction": 0.1,
  "the largest integer": Number.MAX_SAFE_INTEGER,
  "an empty string": "",
  "a string": 'naïve 🚀 \u0000\u2028 "quoted" </script>',
  "half of a surrogate pair": "\ud83d",
  "a large string": "x".repeat(100_000),
  "a big integer": -(2n ** 200n),
  "an empty object": {},
  "an empty array": [],
  "plain data": { a: [1, "2", { b: null, c: [[]] }], "odd key é": { "": true } },
  "undefined inside": { a: undefined, b: [undefined] },
  "an object that looks marked": { $sluice: "devalue/6", data: [1] },
  "objects that look like tags": [{ type: "URL", payload: "http://a.b/" }],
  "array-like strings": ["Date", "2020", "Map", ["Set", 1]],
  "a date": new Date("2024-02-29T12:34:56.789Z"),
  "a date far away": new Date(8.64e15),
  "a map": new Map<unknown, unknown>([
    ["a", 1],
    [{ k: 1 }, new Map([[1, new Set(["x"])]])],
    [Number.NaN, -0],
  ]),
  "a set": new Set<unknown>([1, "1", undefined, [1], new Date(0)]),
  "a regular expression": /a\/b[^"]+\u{1F680}/giu,
  "a sparse array": sparse(5, { 1: "a", 3: undefined }),
  "an array of holes": new Array(3),
  "a large, mostly empty array": sparse(100_000, { 99998: new Date(0) }),
  "a null-prototype object": Object.assign(Object.create(null), { a: 1, b: { c: new Date(0) } }),
  "an array buffer": new Uint8Array([1, 2, 3]).buffer,
  "a typed array of each kind": [
    new Int8Array([-1]),
    new Uint8Array([255]),
    new Uint8ClampedArray([255]),
    new Int16Array([-300]),
    new Uint16Array([65_535]),
    new Int32Array([-70_000]),
    new Uint32Array([4_000_000_000]),
    new Float32Array([0.5, Number.NaN]),
    new Float64Array([0.1, -0]),
    new BigInt64Array([-1n]),
    new BigUint64Array([2n ** 64n - 1n]),
    new Uint8Array(0),
  ],
  "a data view": new DataView(new Uint8Array([1, 2, 3, 4]).buffer, 1, 2),
  "a buffer": Buffer.from("some bytes"),
  "an instance of a registered class": new Money(10n, "EUR"),
  "registered instances inside": { list: [new Money(1n, "a")], map: new Map([["k", new Money(2n, "b")]]) },
};

/** Defines the tests of a serialiser. */
export function serializerSuite(options: SerializerSuiteOptions): void {
  registerSerializable(Money, {
    name: "serializer-suite.Money",
    encode: ({ amount, currency }) => ({ amount, currency }),
    decode: ({ amount, currency }) => new Money(amount, currency),
  });

  describe(`${options.name} as a serializer`, () => {
    const serializer = options.create();
    const roundTrip = async (value: unknown): Promise<unknown> =>
      serializer.loads(await serializer.dumps(value));

    it.each(Object.entries(VALUES))("carries %s", async (_, value) => {
      deepStrictEqual(await roundTrip(value), value);
      deepStrictEqual(await roundTrip({ inside: [value] }), { inside: [value] });
    });

    it("carries an invalid date", async () => {
      const back = (await roundTrip([new Date(Number.NaN)])) as [Date];
      expect(back[0]).toBeInstanceOf(Date);
      expect(back[0].getTime()).toBeNaN();
    });

    it("does not change what it is given", async () => {
      const value = Object.freeze({
        list: Object.freeze([new Date(0), Object.freeze(new Map([["a", new URL("http://a.b")]]))]),
      });
      await serializer.dumps(value);
      expect(value.list[1]).toBeInstanceOf(Map);
    });

    describe("objects", () => objectTests(roundTrip));
    describe("errors", () => errorTests(roundTrip));
    describe("references", () => referenceTests(roundTrip));
    describe("binary data", () => binaryTests(serializer, roundTrip));
    describe("what it refuses", () => refusalTests(serializer));
    describe("bytes that are not its own", () => foreignTests(serializer));
  });
}

type RoundTrip = (value: unknown) => Promise<unknown>;

function objectTests(roundTrip: RoundTrip): void {
  it("carries URLs and their parameters", async () => {
    const [url, params] = (await roundTrip([
      new URL("https://ü.example/p?q=1#h"),
      new URLSearchParams("a=1&a=2"),
    ])) as [URL, URLSearchParams];
    expect(url).toBeInstanceOf(URL);
    expect(url.href).toBe("https://xn--tda.example/p?q=1#h");
    expect(params).toBeInstanceOf(URLSearchParams);
    expect(params.getAll("a")).toEqual(["1", "2"]);
  });

  it.each([
    ["on its own", (value: object) => value],
    ["beside a date", (value: object) => ({ value, date: new Date(0) })],
  ])("carries a __proto__ property as a harmless property %s", async (_, wrap) => {
    const hostile: object = JSON.parse('{"__proto__":{"polluted":true},"a":1}');
    const back = JSON.stringify(await roundTrip(wrap(hostile)));
    expect(back).toContain('{"__proto__":{"polluted":true},"a":1}');
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it("keeps the order of properties, map entries and set members", async () => {
    const value = {
      z: 1,
      a: 2,
      map: new Map([
        ["z", 1],
        ["a", 2],
      ]),
      set: new Set(["z", "a"]),
    };
    const back = (await roundTrip(value)) as typeof value;
    expect([Object.keys(back), [...back.map.keys()], [...back.set]]).toEqual([
      ["z", "a", "map", "set"],
      ["z", "a"],
      ["z", "a"],
    ]);
  });

  it("reads properties that are getters", async () => {
    expect(
      await roundTrip({
        get answer() {
          return 42n;
        },
      }),
    ).toEqual({ answer: 42n });
  });

  it("carries objects of another realm", async () => {
    const foreign: unknown = runInNewContext(
      '({ a: [1, new Date(0)], m: new Map([["k", /x/g]]), e: new TypeError("t") })',
    );
    const back = (await roundTrip(foreign)) as { a: unknown; m: unknown; e: Error };
    deepStrictEqual([back.a, back.m], [[1, new Date(0)], new Map([["k", /x/g]])]);
    expect(back.e).toBeInstanceOf(TypeError);
  });
}

function errorTests(roundTrip: RoundTrip): void {
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

function referenceTests(roundTrip: RoundTrip): void {
  it("keeps apart what is equal and together what is the same", async () => {
    const shared = { date: new Date(0) };
    const url = new URL("http://a.b");
    const back = (await roundTrip([shared, shared, { ...shared }, url, url])) as unknown[];
    expect(back[0]).toBe(back[1]);
    expect(back[2]).not.toBe(back[0]);
    expect(back[3]).toBe(back[4]);
  });

  it("carries an object that occurs twice in otherwise plain data", async () => {
    const shared = { a: 1 };
    const back = (await roundTrip({ x: shared, y: [shared] })) as { x: unknown; y: unknown[] };
    expect(back.y[0]).toBe(back.x);
  });

  it.each([
    [
      "an object",
      () => {
        const o: { self?: unknown } = {};
        o.self = o;
        return o;
      },
      (v: unknown) => (v as { self: unknown }).self,
    ],
    [
      "an array",
      () => {
        const a: unknown[] = [];
        a.push(a);
        return a;
      },
      (v: unknown) => (v as unknown[])[0],
    ],
    [
      "a map",
      () => {
        const m = new Map();
        m.set("self", m);
        return m;
      },
      (v: unknown) => (v as Map<string, unknown>).get("self"),
    ],
    [
      "a map key",
      () => {
        const m = new Map();
        m.set(m, 1);
        return m;
      },
      (v: unknown) => [...(v as Map<unknown, unknown>).keys()][0],
    ],
    [
      "a set",
      () => {
        const s = new Set();
        s.add(s);
        return s;
      },
      (v: unknown) => [...(v as Set<unknown>)][0],
    ],
    [
      "a null-prototype object",
      () => {
        const o = Object.create(null);
        o.self = o;
        return o;
      },
      (v: unknown) => (v as { self: unknown }).self,
    ],
  ])("carries %s that contains itself", async (_, make, selfOf) => {
    const back = await roundTrip(make());
    expect(selfOf(back)).toBe(back);
  });

  it("keeps Map entries and Set members of rich types in their order", async () => {
    const back = (await roundTrip(
      new Map<unknown, unknown>([
        [new URL("http://a.b"), 1],
        ["x", new Set([new URL("http://c.d"), 2])],
      ]),
    )) as Map<URL, unknown>;
    const [[key, one] = [], [x, set] = []] = [...back];
    expect([String(key), one, x]).toEqual(["http://a.b/", 1, "x"]);
    expect([...(set as Set<unknown>)].map(String)).toEqual(["http://c.d/", "2"]);
  });
}

function binaryTests(serializer: Serializer, roundTrip: RoundTrip): void {
  it("gives a Buffer back as a Buffer", async () => {
    const back = await roundTrip(Buffer.from("abc"));
    expect(Buffer.isBuffer(back)).toBe(true);
  });

  it.each([
    ["typed array", new Float64Array([1, 2, 3, 4]).subarray(1, 3)],
    ["data view", new DataView(new Float64Array([1, 2, 3, 4]).buffer, 8, 16)],
  ])("carries only the viewed bytes of a %s", async (_, view) => {
    const back = (await roundTrip(view)) as ArrayBufferView;
    expect(back.byteLength).toBe(16);
    expect(back.buffer.byteLength).toBe(16);
    expect(back).toEqual(view);
  });

  it("never carries what lies beside a small Buffer in the memory they share", async () => {
    const secret = Buffer.from("top secret neighbour");
    const shared = Buffer.alloc(1000, secret);
    const text = Buffer.from(await serializer.dumps(shared.subarray(0, 4))).toString("latin1");
    const decoded = text.replace(/[A-Za-z0-9+/=]{16,}/g, (part) =>
      Buffer.from(part, "base64").toString("latin1"),
    );
    expect(`${text}${decoded}`).not.toContain("neighbour");
  });

  it("takes bytes that are a view of something larger", async () => {
    const bytes = await serializer.dumps({ a: new Date(0) });
    const larger = Buffer.concat([Buffer.from("xxx"), bytes, Buffer.from("yyy")]);
    expect(await serializer.loads(larger.subarray(3, 3 + bytes.length))).toEqual({ a: new Date(0) });
  });
}

function refusalTests(serializer: Serializer): void {
  const circular = { value: new Money(1n, "x") };
  it.each([
    [
      "a function",
      { items: [0, 1, 2, { handler: () => 1 }] },
      "result.items[3].handler is the function handler",
      "Leave it out",
    ],
    ["a class", { "a-b": Unregistered }, 'result["a-b"] is the function Unregistered', "Leave it out"],
    ["a symbol", [Symbol("s")], "result[0] is the symbol Symbol(s)", "string"],
    [
      "a symbol as a name",
      { a: { [Symbol("s")]: 1 } },
      "result.a[Symbol(s)] is the symbol Symbol(s)",
      "string",
    ],
    ["a promise", { p: Promise.resolve(1) }, "result.p is a promise or future (Promise)", "Await it first"],
    [
      "an instance",
      new Map([["k", new Unregistered()]]),
      'result.get("k") is an instance of Unregistered',
      "registerSerializable(Unregistered",
    ],
    [
      "an instance as a Map's key",
      new Map([[new Unregistered(), 1]]),
      "result.keys() is an instance of Unregistered",
      "registerSerializable",
    ],
    [
      "an instance in a Set",
      new Set([new Unregistered()]),
      "result.values() is an instance of Unregistered",
      "registerSerializable",
    ],
    [
      "an instance of a class that extends Map",
      new (class Cache extends Map {})(),
      "result is an instance of Cache",
      "registerSerializable(Cache",
    ],
    [
      "an instance of a class that extends a registered one",
      new (class Cash extends Money {})(1n, "x"),
      "result is an instance of Cash",
      "registerSerializable(Cash",
    ],
    ["a weak map", { w: new WeakMap() }, "result.w is an instance of WeakMap", "plain data"],
    [
      "a function in a null-prototype object",
      Object.assign(Object.create(null), { f: () => 1 }),
      "result.f is the function f",
      "Leave it out",
    ],
  ])("refuses %s, naming its path and what to do", async (_, value, path, remedy) => {
    const refusal = { code: "SERIALIZATION", message: expect.stringContaining(path) };
    await expect(dump(serializer, value)).rejects.toMatchObject(refusal);
    await expect(dump(serializer, value)).rejects.toThrow(remedy);
  });

  it("refuses an instance whose encoded form contains it", async () => {
    class Node {
      readonly link = circular;
    }
    registerSerializable(Node, {
      name: "serializer-suite.Node",
      encode: (node) => ({ node }),
      decode: () => new Node(),
    });
    await expect(dump(serializer, { n: new Node() })).rejects.toMatchObject({
      code: "SERIALIZATION",
      message: expect.stringContaining("result.n.node leads back"),
    });
  });

  it("says that a value is nested too deeply", async () => {
    let deep: unknown[] = [];
    for (let level = 0; level < 200_000; level += 1) deep = [deep];
    await expect(dump(serializer, deep)).rejects.toMatchObject({
      code: "SERIALIZATION",
      message: expect.stringContaining("nested too deeply"),
    });
  });
}

function foreignTests(serializer: Serializer): void {
  it.each([
    ["nothing", Buffer.alloc(0)],
    ["noise", Buffer.from([0, 1, 2, 255, 254, 7, 9])],
    ["half of its own", undefined],
  ])("are refused: %s", async (_, bytes) => {
    const own = await serializer.dumps({ a: new Date(0), list: [1n, 2n, new URL("http://a.b")] });
    await expect(load(serializer, bytes ?? own.slice(0, own.length / 2))).rejects.toMatchObject({
      code: "SERIALIZATION",
    });
  });
}

/** Serialisers may answer at once or later; so both ways to fail become one. */
async function dump(serializer: Serializer, value: unknown): Promise<Uint8Array> {
  return serializer.dumps(value);
}

async function load(serializer: Serializer, bytes: Uint8Array): Promise<unknown> {
  return serializer.loads(bytes);
}

function sparse(length: number, items: Readonly<Record<number, unknown>>): unknown[] {
  return Object.assign(new Array(length), items);
}
