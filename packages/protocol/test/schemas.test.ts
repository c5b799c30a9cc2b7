import { describe, expect, expectTypeOf, it } from "vitest";
import {
  isTerminalStateType,
  type OrchestrationResult,
  STATE_TYPES,
  TERMINAL_STATE_TYPES,
} from "../src/index.ts";
import { newId } from "../src/uuid.ts";

describe("the main entry", () => {
  it("loads no schema library; the entry of the schemas does", async () => {
    await import("../src/index.ts");
    expect(globalThis).not.toHaveProperty("__zod_globalRegistry");
    await import("../src/schemas.ts");
    expect(globalThis).toHaveProperty("__zod_globalRegistry");
  });

  it("knows which state types end a run", () => {
    expect(STATE_TYPES.filter(isTerminalStateType)).toEqual(TERMINAL_STATE_TYPES.toSorted(byOrder));
    expectTypeOf<OrchestrationResult["status"]>().toEqualTypeOf<"ACCEPT" | "REJECT" | "WAIT" | "ABORT">();
  });
});

function byOrder(a: (typeof STATE_TYPES)[number], b: (typeof STATE_TYPES)[number]): number {
  return STATE_TYPES.indexOf(a) - STATE_TYPES.indexOf(b);
}

describe("schemas", () => {
  it("give what a client may leave out its default", async () => {
    const { flowRunCreateSchema, stateCreateSchema } = await import("../src/schemas.ts");
    expect(stateCreateSchema.parse({ type: "RUNNING" })).toEqual({ type: "RUNNING", state_details: {} });
    const run = flowRunCreateSchema.parse({ flow_id: newId() });
    expect(run).toMatchObject({ parameters: {}, tags: [], empirical_policy: { pause_keys: [] } });
  });

  it("refuse members that the wire does not know in what clients create and filter by", async () => {
    const { flowRunFilterSchema, stateCreateSchema, taskRunQuerySchema } = await import("../src/schemas.ts");
    expect(stateCreateSchema.safeParse({ type: "RUNNING", colour: "red" }).success).toBe(false);
    expect(flowRunFilterSchema.safeParse({ state: { typ: {} } }).success).toBe(false);
    expect(taskRunQuerySchema.safeParse({ limit: 201 }).success).toBe(false);
    expect(taskRunQuerySchema.safeParse({ limit: 200, sort: "ID_DESC" }).success).toBe(true);
  });

  it("take timestamps with any offset and up to six decimals, and refuse what is none", async () => {
    const { logCreateSchema } = await import("../src/schemas.ts");
    const line = { name: "x", level: 20, message: "m" };
    for (const timestamp of ["2026-11-20T12:00:00Z", "2026-11-20T12:00:00.123456+01:00"]) {
      expect(logCreateSchema.safeParse({ ...line, timestamp }).success).toBe(true);
    }
    expect(logCreateSchema.safeParse({ ...line, timestamp: "yesterday" }).success).toBe(false);
  });

  it("refuse flow names that cannot be part of a path", async () => {
    const { flowCreateSchema } = await import("../src/schemas.ts");
    expect(flowCreateSchema.safeParse({ name: "tips/hourly" }).success).toBe(false);
    expect(flowCreateSchema.safeParse({ name: "tips hourly" }).success).toBe(true);
  });
});
