/** Values of every kind that a serialiser carries. */

/** To a serialiser and back. */
export type RoundTrip = (value: unknown) => Promise<unknown>;

/** Registered for the tests. */
export class Money {
  readonly amount: bigint;
  readonly currency: string;
  constructor(amount: bigint, currency: string) {
    this.amount = amount;
    this.currency = currency;
  }
}

/** A class that nobody registered. */
export class Unregistered {
  readonly x = 1;
}

/** Values by what they are, each equal to itself in depth. */
export const SAMPLES: Readonly<Record<string, unknown>> = {
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

function sparse(length: number, items: Readonly<Record<number, unknown>>): unknown[] {
  return Object.assign(new Array(length), items);
}
