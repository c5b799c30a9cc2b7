import { describe, expect, it } from "vitest";
import { jsonSerializer } from "../../src/serializers/json-serializer.ts";

const serializer = jsonSerializer();

async function textOf(value: unknown): Promise<string> {
  return Buffer.from(await serializer.dumps(value)).toString();
}

function read(text: string): unknown {
  return serializer.loads(Buffer.from(text));
}

describe("the text", () => {
  it.each([
    null,
    true,
    1.5,
    "text",
    [],
    {},
    {
      rows: [
        { id: 1, name: "é" },
        { id: 2, name: null },
      ],
    },
  ])("is the JSON of a plain value: %j", async (value) => {
    expect(await textOf(value)).toBe(JSON.stringify(value));
  });

  it.each([undefined, Number.NaN, -0, [undefined], new Date(0), { $sluice: 1 }, [1n]])(
    "is marked when JSON could not carry the value: %o",
    async (value) => {
      const json: unknown = JSON.parse(await textOf(value));
      expect(json).toMatchObject({ $sluice: "devalue/6", data: expect.any(Array) });
    },
  );

  it("of what was written stays readable", async () => {
    expect(
      await read(
        '{"$sluice":"devalue/6","data":[[1,2],{"when":3,"where":2},{"type":4,"payload":5},["Date","1970-01-01T00:00:00.000Z"],"URL","http://a.b/"]}',
      ),
    ).toEqual({ when: new Date(0), where: new URL("http://a.b") });
  });

  it("written by other programs is read", async () => {
    expect(await read(' {"a": [1, 2.0, "\\u00e9"]}\n')).toEqual({ a: [1, 2, "é"] });
  });
});

describe("text that cannot be read", () => {
  it.each([
    ["of a later encoding", '{"$sluice":"devalue/7","data":[]}', "devalue/7"],
    ["without its data", '{"$sluice":"devalue/6"}', "cannot read"],
    [
      "with an unknown type",
      '{"$sluice":"devalue/6","data":[[1,1],{"type":2,"payload":2},"Tardis"]}',
      '"Tardis"',
    ],
    [
      "of a class that is not registered",
      '{"$sluice":"devalue/6","data":[[1,1],{"type":2,"payload":2},"class Tardis"]}',
      "Import the module",
    ],
    [
      "with an impossible payload",
      '{"$sluice":"devalue/6","data":[[1,1],{"type":2,"payload":3},"URL",5]}',
      "Invalid URL",
    ],
    [
      "with a view of nothing",
      '{"$sluice":"devalue/6","data":[[1,1],{"type":2,"payload":3},"view",{"class":4},"Uint8Array"]}',
      "view",
    ],
    ["with references that are none", '{"$sluice":"devalue/6","data":[[7]]}', "json"],
    [
      "with a tag inside itself",
      '{"$sluice":"devalue/6","data":[[1,1],{"type":2,"payload":1},"URL"]}',
      "nested too deeply",
    ],
    ["with a value that is no list", '{"$sluice":"devalue/6","data":[{}]}', "do not hold"],
  ])("is refused: %s", async (_, text, message) => {
    const reading = Promise.resolve(read(text));
    await expect(reading).rejects.toMatchObject({
      code: "SERIALIZATION",
      message: expect.stringContaining(message),
    });
  });

  it("does not make objects with foreign prototypes", async () => {
    const reading = Promise.resolve(read('{"$sluice":"devalue/6","data":[[1],{"__proto__":2},{"x":3},1]}'));
    await expect(reading).rejects.toMatchObject({ code: "SERIALIZATION" });
  });
});

it("names the value as it is told", async () => {
  const parameters = jsonSerializer({ subject: "parameters" });
  await expect(Promise.resolve(parameters.dumps({ f: () => 1 }))).rejects.toThrow(
    "parameters.f is the function f",
  );
});
