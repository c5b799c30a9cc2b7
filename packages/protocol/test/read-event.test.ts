import { describe, expect, it } from "vitest";
import { readEvent } from "../src/read-event.ts";
import { eventSchema } from "../src/schemas.ts";

const EVENT = {
  id: "7b0c52b9-6cbd-4a4e-8a3c-5f7a5a2c7f0d",
  occurred: "2026-11-20T12:00:00.123456+01:00",
  event: "shop.order.paid",
  resource: { "prefect.resource.id": "shop.order.17" },
  related: [{ "prefect.resource.id": "shop.1", "prefect.resource.role": "shop" }],
  payload: { amount: 3 },
  follows: "7b0c52b9-6cbd-4a4e-8a3c-5f7a5a2c7f0e",
};

const VALID: Readonly<Record<string, unknown>> = {
  "all members": EVENT,
  "no optional members": { ...EVENT, related: undefined, payload: undefined, follows: undefined },
  "nothing to follow": { ...EVENT, follows: null },
  "an instant with a space": { ...EVENT, occurred: "2026-11-20 12:00:00.5+00:00" },
  "an instant as a number": { ...EVENT, occurred: 1_795_175_823.738551 },
  "unknown members": { ...EVENT, received: "2026-11-20T12:00:00Z" },
  "the longest name": { ...EVENT, event: "x".repeat(1024) },
};

const INVALID: Readonly<Record<string, unknown>> = {
  "no object": [],
  "no id": { ...EVENT, id: undefined },
  "an id that is none": { ...EVENT, id: "17" },
  "no instant": { ...EVENT, occurred: undefined },
  "an instant without an offset": { ...EVENT, occurred: "2026-11-20T12:00:00" },
  "a day that does not exist": { ...EVENT, occurred: "2026-13-41T12:00:00Z" },
  "no name": { ...EVENT, event: "" },
  "a name that is too long": { ...EVENT, event: "x".repeat(1025) },
  "a name of too many bytes": { ...EVENT, event: "水".repeat(700) },
  "a resource without an id": { ...EVENT, resource: { name: "x" } },
  "a resource with too long an id": { ...EVENT, resource: { "prefect.resource.id": "x".repeat(2049) } },
  "a label that is no text": { ...EVENT, resource: { ...EVENT.resource, n: 1 } },
  "too many labels": {
    ...EVENT,
    resource: {
      ...EVENT.resource,
      ...Object.fromEntries(Array.from({ length: 500 }, (_, n) => [`l${n}`, ""])),
    },
  },
  "a related resource without a role": { ...EVENT, related: [{ "prefect.resource.id": "x" }] },
  "too many related resources": { ...EVENT, related: Array.from({ length: 101 }, () => EVENT.related[0]) },
  "a payload that is a list": { ...EVENT, payload: [] },
  "something else that it follows": { ...EVENT, follows: "x" },
};

describe("an event read by hand", () => {
  it.each(Object.entries(VALID))("with %s is what the schema makes of it", (_what, value) => {
    const read = readEvent(value);
    expect({ ...read, follows: read.follows ?? undefined }).toEqual({
      ...eventSchema.parse(value),
      follows: eventSchema.parse(value).follows ?? undefined,
    });
  });

  it.each(Object.entries(INVALID))("with %s is refused, as by the schema", (_what, value) => {
    expect(eventSchema.safeParse(value).success).toBe(false);
    expect(() => readEvent(value)).toThrow(expect.objectContaining({ code: "INVALID_REQUEST" }));
  });
});
