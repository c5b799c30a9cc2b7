/** What every serialiser must do; the tests of a serialiser call it with a way to make one. */
import { deepStrictEqual } from "node:assert/strict";
import { runInNewContext } from "node:vm";
import { describe, expect, it } from "vitest";
import { registerSerializable } from "../serializers/serializable-class.ts";
import type { Serializer } from "../serializers/serializer.ts";
import { errorTests } from "./serializer-error-tests.ts";
import { Money, type RoundTrip, SAMPLES, Unregistered } from "./serializer-samples.ts";

export interface SerializerSuiteOptions {
  /** As in the title of the tests. */
  readonly name: string;
  readonly create: () => Serializer;
}

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

    it.each(Object.entries(SAMPLES))("carries %s", async (_, value) => {
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
