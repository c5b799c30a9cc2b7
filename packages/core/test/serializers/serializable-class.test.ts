import { describe, expect, expectTypeOf, it } from "vitest";
import { jsonSerializer } from "../../src/serializers/json-serializer.ts";
import { registerSerializable } from "../../src/serializers/serializable-class.ts";

/** A new class each time, as when a module is loaded again. */
function makePoint() {
  return class Point {
    readonly x: number = 1;
  };
}

const codec = { name: "test.Point", encode: () => null };

describe("registering a class", () => {
  it("types decode by what encode gives", () => {
    const Point = makePoint();
    registerSerializable(Point, {
      name: "test.TypedPoint",
      encode: (point) => ({ x: point.x }),
      decode: (encoded) => {
        expectTypeOf(encoded).toEqualTypeOf<{ x: number }>();
        return new Point();
      },
    });
  });

  it("again, as after its module was loaded again, replaces it", async () => {
    const [First, Second] = [makePoint(), makePoint()];
    registerSerializable(First, { ...codec, decode: () => new First() });
    registerSerializable(Second, { ...codec, decode: () => new Second() });
    const serializer = jsonSerializer();
    expect(await serializer.loads(await serializer.dumps(new First()))).toBeInstanceOf(Second);
  });

  it("is refused under the name of another class", () => {
    class Other {}
    class Another {
      readonly differs = true;
    }
    registerSerializable(Other, { ...codec, name: "test.Other", decode: () => new Other() });
    const again = () =>
      registerSerializable(Another, { ...codec, name: "test.Other", decode: () => new Another() });
    expect(again).toThrow(
      expect.objectContaining({ code: "CONFLICT", message: expect.stringContaining('"test.Other"') }),
    );
  });

  it("makes what encode and decode throw a serialization error", async () => {
    class Fragile {}
    registerSerializable(Fragile, {
      name: "test.Fragile",
      encode: () => {
        throw new Error("cannot encode");
      },
      decode: () => new Fragile(),
    });
    await expect(Promise.resolve(jsonSerializer().dumps(new Fragile()))).rejects.toMatchObject({
      code: "SERIALIZATION",
      message: expect.stringContaining("cannot encode"),
      cause: expect.objectContaining({ message: "cannot encode" }),
    });
  });
});
