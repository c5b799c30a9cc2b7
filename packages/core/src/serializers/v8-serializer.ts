/** Values in the binary form of the JavaScript engine: compact and fast for binary data, readable by Node.js only. */
import { toPortable } from "./portable-form.ts";
import { fromPortable } from "./portable-value.ts";
import { whileReading, whileWriting } from "./serialization-guard.ts";
import type { Serializer, SerializerOptions } from "./serializer.ts";

/**
 * The structured-clone format of V8. A version of Node.js reads what earlier versions wrote, not always what later ones write.
 */
export function v8Serializer(options: SerializerOptions = {}): Serializer {
  const { subject = "result" } = options;
  return {
    type: "v8",
    dumps: (value) =>
      whileWriting(async () => {
        const { serialize } = await import("node:v8");
        return serialize(toPortable(value, subject));
      }),
    loads: (bytes) =>
      whileReading("v8", async () => {
        const { deserialize } = await import("node:v8");
        return fromPortable(deserialize(bytes));
      }),
  };
}
