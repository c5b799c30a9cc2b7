import { describe, expect, it } from "vitest";
import { stableHash } from "../../src/caching/stable-hash.ts";
import { registerSerializable } from "../../src/serializers/serializable-class.ts";

class Version {
  readonly major: number;
  readonly note: string;
  constructor(major: number, note: string) {
    this.major = major;
    this.note = note;
  }
}

registerSerializable(Version, {
  name: "test.Version",
  encode: ({ major, note }) => ({ major, note }),
  decode: ({ major, note }) => new Version(major, note),
});

class Unregistered {}

function nullObject(properties: object): object {
  return Object.assign(Object.create(null), properties);
}

/** An object that contains itself. */
function knot(label: string): object {
  const a: { label: string; self?: unknown } = { label };
  a.self = { up: a };
  return a;
}

describe("a hash", () => {
  it("is hex of 256 bits and the same in every process", () => {
    expect(stableHash({ b: [1, "x", null], a: true })).toBe(
      // printf '{"a":true,"b":[1,"x",null]}' | sha256sum
      "a144dac9657f9c4b949d89c845477e0004415445d58f2ef674a44a8fc0ac0dec",
    );
  });

  it.each<[string, unknown, unknown]>([
    ["whatever the order of properties", { a: 1, b: { c: 2, d: 3 } }, { b: { d: 3, c: 2 }, a: 1 }],
    [
      "whatever the order of Map entries",
      new Map([
        ["a", 1],
        ["b", 2],
      ]),
      new Map([
        ["b", 2],
        ["a", 1],
      ]),
    ],
    ["whatever the order of Set members", new Set<unknown>([{ a: 1 }, 2]), new Set<unknown>([2, { a: 1 }])],
    ["for equal dates", new Date(5), new Date(5)],
    ["for equal URLs", new URL("http://a.b"), new URL("http://a.b/")],
    [
      "for equal bytes in different places",
      new Uint8Array([1, 2]),
      new Uint8Array([0, 1, 2, 3]).subarray(1, 3),
    ],
    ["for equal instances of a registered class", new Version(1, "x"), new Version(1, "x")],
    ["whether equal parts are one object or two", repeated({ a: [1] }), [{ a: [1] }, { a: [1] }]],
    ["for errors thrown in different places", new Error("x"), new Error("x")],
    ["for values that contain themselves alike", knot("x"), knot("x")],
    ["for equal null-prototype objects", nullObject({ a: 1, b: 2 }), nullObject({ b: 2, a: 1 })],
  ])("is the same %s", (_, left, right) => {
    expect(stableHash(left)).toBe(stableHash(right));
  });

  it("differs for values that differ", () => {
    const values: unknown[] = [
      undefined,
      null,
      false,
      true,
      0,
      -0,
      1,
      1n,
      "1",
      "",
      "null",
      "undefined",
      Number.NaN,
      "NaN",
      Number.POSITIVE_INFINITY,
      {},
      [],
      [[]],
      [undefined],
      new Array(1),
      new Array(2),
      [null],
      [0],
      { a: undefined },
      { a: null },
      { b: null },
      { "": {} },
      [1, 2],
      [2, 1],
      ["1,2"],
      ["1", "2"],
      { "a:1": 1 },
      nullObject({ a: null }),
      new Map(),
      new Set(),
      new Map([["a", null]]),
      new Map([[1, 2]]),
      new Map([[2, 1]]),
      new Set([1]),
      new Set([[1]]),
      new Set(["1"]),
      new Date(0),
      new Date(1),
      new Date(Number.NaN),
      "1970-01-01T00:00:00.000Z",
      /a/,
      /a/i,
      /b/,
      "/a/",
      new URL("http://a/"),
      "http://a/",
      new URLSearchParams("a=1"),
      new Uint8Array([1]),
      new Int8Array([1]),
      new Uint8Array([2]),
      new Uint8Array([1]).buffer,
      Buffer.from([1]),
      new DataView(new ArrayBuffer(1)),
      new Version(1, "x"),
      new Version(2, "x"),
      { major: 1, note: "x" },
      new Error("x"),
      new Error("y"),
      new TypeError("x"),
      new Error("x", { cause: 1 }),
      Object.assign(new Error("x"), { code: "E" }),
      knot("x"),
      knot("y"),
      "x".repeat(5000),
      "y".repeat(5000),
      ["x".repeat(5000)],
      JSON.parse('{"__proto__":1}'),
      JSON.parse('{"__proto__":2}'),
    ];
    const hashes = values.map((value) => stableHash(value));
    const twice = hashes.flatMap((hash, index) => (hashes.indexOf(hash) === index ? [] : [values[index]]));
    expect(twice).toEqual([]);
    expect(hashes.every((hash) => /^[0-9a-f]{64}$/.test(hash))).toBe(true);
  });

  it("does not change what it is given", () => {
    const value = {
      b: 1,
      a: new Map([
        ["z", 1],
        ["y", 2],
      ]),
    };
    stableHash(value);
    expect([Object.keys(value), [...value.a.keys()]]).toEqual([
      ["b", "a"],
      ["z", "y"],
    ]);
  });

  it("of a value with many shared parts takes no longer than its parts", () => {
    let value: unknown = { leaf: true };
    for (let level = 0; level < 100; level += 1) value = [value, value, new Set([value])];
    expect(stableHash(value)).toHaveLength(64);
  });

  it("of a web of references to each other comes to an end", () => {
    const nodes = Array.from({ length: 60 }, (_, id) => ({ id, others: [] as unknown[] }));
    for (const node of nodes) node.others = nodes;
    expect(stableHash(nodes)).toHaveLength(64);
  });

  it("of a mostly empty array costs what is in it", () => {
    const array: unknown[] = [];
    array[4_000_000_000] = "last";
    expect(stableHash(array)).not.toBe(stableHash(["last"]));
  });
});

describe("what has no hash", () => {
  it.each([
    ["a function", { callbacks: [() => 1] }, "inputs.callbacks[0] is a function"],
    [
      "an instance of an unregistered class",
      { pool: new Unregistered() },
      "inputs.pool is an instance of Unregistered",
    ],
    ["a promise", new Map([["p", Promise.resolve()]]), 'inputs.get("p") is a promise'],
    ["a symbol", new Set([Symbol("s")]), "inputs.values() is the symbol Symbol(s)"],
    ["a property under a symbol", { a: { [Symbol("s")]: 1 } }, "inputs.a[Symbol(s)] is the symbol"],
  ])("is refused with its path: %s", (_, value, message) => {
    expect(() => stableHash(value, { subject: "inputs" })).toThrow(
      expect.objectContaining({ code: "SERIALIZATION", message: expect.stringContaining(message) }),
    );
  });

  it("is refused when nested too deeply", () => {
    let value: unknown = null;
    for (let level = 0; level < 200_000; level += 1) value = [value];
    expect(() => stableHash(value)).toThrow(expect.objectContaining({ code: "SERIALIZATION" }));
  });

  it("inside an error counts by its text, as when the error is stored", () => {
    const withSocket = (path: string) => Object.assign(new Error("x"), { path, socket: new Unregistered() });
    expect(stableHash(withSocket("a"))).toBe(stableHash(withSocket("a")));
    expect(stableHash(withSocket("a"))).not.toBe(stableHash(withSocket("b")));
  });
});

function repeated(value: unknown): unknown[] {
  return [value, value];
}
