/** The one table of objects that need help to be carried, used by every serialiser and by the hash of cache keys. */
import { types } from "node:util";
import { errorType } from "./error-type.ts";
import type { RichType } from "./rich-type.ts";
import { registeredType, registeredTypeNamed } from "./serializable-class.ts";
import { kindOf } from "./value-kind.ts";

const urlType: RichType = {
  name: "URL",
  matches: (value) => value instanceof URL,
  encode: (url: URL) => url.href,
  create: (href: string) => new URL(href),
};

const searchParamsType: RichType = {
  name: "URLSearchParams",
  matches: (value) => value instanceof URLSearchParams,
  encode: (params: URLSearchParams) => params.toString(),
  create: (text: string) => new URLSearchParams(text),
};

const VIEWS: ReadonlyMap<string, (buffer: ArrayBuffer) => ArrayBufferView> = new Map(
  Object.entries({
    Buffer: (buffer: ArrayBuffer) => Buffer.from(buffer),
    DataView: (buffer: ArrayBuffer) => new DataView(buffer),
    Int8Array: (buffer: ArrayBuffer) => new Int8Array(buffer),
    Uint8Array: (buffer: ArrayBuffer) => new Uint8Array(buffer),
    Uint8ClampedArray: (buffer: ArrayBuffer) => new Uint8ClampedArray(buffer),
    Int16Array: (buffer: ArrayBuffer) => new Int16Array(buffer),
    Uint16Array: (buffer: ArrayBuffer) => new Uint16Array(buffer),
    Int32Array: (buffer: ArrayBuffer) => new Int32Array(buffer),
    Uint32Array: (buffer: ArrayBuffer) => new Uint32Array(buffer),
    Float32Array: (buffer: ArrayBuffer) => new Float32Array(buffer),
    Float64Array: (buffer: ArrayBuffer) => new Float64Array(buffer),
    BigInt64Array: (buffer: ArrayBuffer) => new BigInt64Array(buffer),
    BigUint64Array: (buffer: ArrayBuffer) => new BigUint64Array(buffer),
  }),
);

interface ViewPayload {
  readonly class: string;
  readonly bytes: ArrayBuffer;
}

/** Only the bytes that are seen: the buffer behind a view may hold anything, such as Node's pool of small buffers. */
const viewType: RichType = {
  name: "view",
  matches: (value) => isExactView(value) && VIEWS.has(viewClass(value)),
  encode: (view: ArrayBufferView): ViewPayload => ({
    class: viewClass(view),
    bytes: new Uint8Array(new Uint8Array(view.buffer, view.byteOffset, view.byteLength)).buffer,
  }),
  create(payload: ViewPayload) {
    const make = VIEWS.get(payload.class);
    if (make === undefined || !types.isArrayBuffer(payload.bytes)) {
      throw new TypeError(`There is no view of class ${payload.class}.`);
    }
    return make(payload.bytes);
  },
};

/** In a Map no property name, not even `__proto__`, means anything on the way. */
type Properties = ReadonlyMap<string, unknown>;

const nullObjectType: RichType = {
  name: "null-object",
  matches: (value) => Object.getPrototypeOf(value) === null,
  encode: (value): Properties => new Map(Object.entries(value)),
  create: () => Object.create(null),
  fill: (target, properties: Properties) => defineAll(target, properties),
};

const protoKeyType: RichType = {
  name: "object",
  matches: (value) => kindOf(value) === "object" && Object.hasOwn(value, "__proto__"),
  encode: (value): Properties => new Map(Object.entries(value)),
  create: () => ({}),
  fill: (target, properties: Properties) => defineAll(target, properties),
};

const RICH_TYPES: readonly RichType[] = [
  errorType,
  viewType,
  urlType,
  searchParamsType,
  nullObjectType,
  protoKeyType,
];

const BY_NAME: ReadonlyMap<string, RichType> = new Map(RICH_TYPES.map((type) => [type.name, type]));

/** The rich type of an object, registered classes first. */
export function richTypeOf(value: object): RichType | undefined {
  return registeredType(value) ?? RICH_TYPES.find((type) => type.matches(value));
}

/** The rich type of this name. */
export function richTypeNamed(name: string): RichType | undefined {
  return BY_NAME.get(name) ?? registeredTypeNamed(name);
}

function defineAll(target: object, properties: Properties): void {
  for (const [name, value] of properties) {
    Object.defineProperty(target, name, { value, enumerable: true, configurable: true, writable: true });
  }
}

/** A class that extends a kind of view is not that view. */
function isExactView(value: object): value is ArrayBufferView {
  if (!ArrayBuffer.isView(value)) return false;
  return Buffer.isBuffer(value) || Object.getPrototypeOf(value).constructor.name === viewClass(value);
}

/** The class by the engine's own mark, which no subclass or property can change. */
function viewClass(view: ArrayBufferView): string {
  if (Buffer.isBuffer(view)) return "Buffer";
  if (types.isDataView(view)) return "DataView";
  return Object.prototype.toString.call(view).slice(8, -1);
}
