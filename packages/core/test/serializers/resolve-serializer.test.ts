import { expect, it } from "vitest";
import { resolveSerializer, type SerializerName } from "../../src/serializers/resolve-serializer.ts";
import type { Serializer } from "../../src/serializers/serializer.ts";

it.each(["json", "v8", "compressed/json", "compressed/v8"] as const)(
  "gives the serializer called %s",
  (name) => {
    expect(resolveSerializer(name).type).toBe(name);
  },
);

it("gives back a serializer of the user's", () => {
  const own: Serializer = {
    type: "upper",
    dumps: (value) => Buffer.from(String(value)),
    loads: (bytes) => String(bytes),
  };
  expect(resolveSerializer(own)).toBe(own);
});

it.each(["pickle", "toString", ""])("refuses the name %j and says which there are", (name) => {
  expect(() => resolveSerializer(name as SerializerName)).toThrow(
    expect.objectContaining({ code: "SERIALIZATION", message: expect.stringContaining("compressed/json") }),
  );
});
