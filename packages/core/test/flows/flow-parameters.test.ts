import { describe, expect, it } from "vitest";
import { z } from "zod";
import { flow } from "../../src/flows/flow.ts";
import { type RecordedParameters, recordedParameters } from "../../src/flows/recorded-parameters.ts";
import { Secret } from "../../src/logging/secret.ts";
import { runContext } from "../../src/runtime/run-context.ts";
import { task } from "../../src/tasks/task.ts";
import { engineTest } from "../engine-fixture.ts";

const parameters = z.object({
  path: z.string().min(1),
  threshold: z.number().default(3),
  day: z.coerce.date().optional(),
});
const make = task({ name: "make" }, async (value: string) => value);

describe("parameters with a schema", () => {
  engineTest("are validated, coerced and filled with defaults before the function sees them", async () => {
    const report = flow({ name: "report", parameters }, (given) => ({
      given,
      context: runContext().flowRun?.parameters,
    }));
    const { given, context } = await report({ path: "a.csv", day: "2026-01-02" as never });
    expect(given).toEqual({ path: "a.csv", threshold: 3, day: new Date("2026-01-02") });
    expect(context).toEqual(given);
  });

  engineTest(
    "that are wrong fail the run and name every member; the function is not called",
    async ({ flowRuns, stateNames }) => {
      let calls = 0;
      const report = flow({ name: "report", parameters }, () => {
        calls += 1;
      });
      const error = await report({ path: "", threshold: "many" } as never).catch((reason: unknown) => reason);
      expect(error).toMatchObject({ code: "INVALID_PARAMETERS", name: "InvalidParametersError" });
      expect((error as Error).message).toMatch(
        /^Flow "report" was called with wrong parameters: path: .+; threshold: .+/,
      );
      expect(calls).toBe(0);
      const [run] = await flowRuns("report");
      if (run === undefined) throw new Error("no run");
      expect(await stateNames(run)).toEqual(["Pending", "Failed"]);
      expect(run.state?.message).toMatch(/^Validation of flow parameters failed: InvalidParametersError/);
    },
  );

  engineTest("that are wrong are not retried", async ({ flowRuns }) => {
    const report = flow({ name: "report", parameters, retries: 3 }, () => 1);
    expect((await report.returnState({} as never)).type).toBe("FAILED");
    expect((await flowRuns("report"))[0]?.run_count).toBe(0);
  });

  engineTest("pass unchecked with validateParameters: false", async () => {
    const report = flow({ name: "report", parameters, validateParameters: false }, (given) => given);
    expect(await report({ path: "", extra: 1 } as never)).toEqual({ path: "", extra: 1 });
  });

  engineTest("may be left out when nothing is required", async () => {
    const optional = flow(
      { name: "optional", parameters: z.object({ n: z.number().default(5) }) },
      ({ n }) => n,
    );
    expect(await optional()).toBe(5);
    expect(await optional({ n: 6 })).toBe(6);
  });

  engineTest("may be checked by an asynchronous schema, nested at any depth", async () => {
    const nested = z.object({ rows: z.array(z.object({ id: z.number() })) }).refine(async () => true);
    const report = flow({ name: "report", parameters: nested }, ({ rows }) => rows.length);
    expect(await report({ rows: [{ id: 1 }] })).toBe(1);
    await expect(report({ rows: [{ id: "x" }] } as never)).rejects.toThrow(/rows\.0\.id: /);
  });

  engineTest(
    "may be futures: waited for, then validated; history shows their values",
    async ({ flowRuns }) => {
      const sub = flow({ name: "sub", parameters }, ({ path }) => path);
      const outer = flow({ name: "outer" }, () => sub({ path: make.submit("late.csv"), threshold: 1 }));
      expect(await outer()).toBe("late.csv");
      expect((await flowRuns("sub"))[0]?.parameters).toEqual({ path: "late.csv", threshold: 1 });
    },
  );

  it("are shown as JSON Schema of what callers give", () => {
    const schema = flow(
      { name: "report", parameters: parameters.omit({ day: true }) },
      () => 1,
    ).parametersJsonSchema();
    expect(schema).toMatchObject({
      type: "object",
      properties: { path: { type: "string", minLength: 1 }, threshold: { type: "number", default: 3 } },
      required: ["path"],
    });
  });

  it("that JSON Schema cannot show are refused with the reason", () => {
    const odd = flow({ name: "odd", parameters: z.object({ m: z.map(z.string(), z.number()) }) }, () => 1);
    expect(() => odd.parametersJsonSchema()).toThrow(/The parameters of flow "odd" have no JSON Schema: /);
    const foreign = {
      "~standard": {
        version: 1 as const,
        vendor: "foreign",
        validate: (value: unknown) => ({ value: value as { n: number } }),
      },
    };
    expect(() => flow({ name: "f", parameters: foreign }, () => 1).parametersJsonSchema()).toThrow(
      "the schema library foreign does not implement Standard JSON Schema.",
    );
  });
});

describe("parameters without a schema", () => {
  engineTest("reach the function as they are", async () => {
    const given = { when: new Date(0), rows: new Map([[1, 2]]) };
    const got = await flow({ name: "f" }, (all: typeof given) => all)(given);
    expect(got).toBe(given);
  });

  engineTest("must be one object", async () => {
    const loose = flow({ name: "f" }, (_: never) => 1);
    const cases: [given: unknown, shown: string][] = [
      ["text", "a string"],
      [5, "a number"],
      [[1], "an array"],
    ];
    for (const [given, shown] of cases) {
      const state = await loose.returnState(given as never);
      expect(state.message).toContain(
        `Flow "f" was called with wrong parameters: a flow takes one object, not ${shown}`,
      );
    }
  });

  it("are any object in JSON Schema", () => {
    expect(flow({ name: "f" }, () => 1).parametersJsonSchema()).toEqual({
      type: "object",
      properties: {},
      additionalProperties: true,
    });
  });
});

describe("recorded parameters", () => {
  const recorded = (given: unknown): RecordedParameters => recordedParameters(given, true);

  it("are plain JSON, and name what could not be kept as it is", () => {
    class Trip {}
    const cyclic: Record<string, unknown> = {};
    cyclic["self"] = cyclic;
    const { parameters: kept, inexact } = recorded({
      text: "a",
      list: [1, null, { deep: true }],
      nothing: undefined,
      holes: [undefined],
      key: new Secret("hush"),
      big: 5n,
      nan: Number.NaN,
      trip: new Trip(),
      fn: () => 1,
      cyclic,
      huge: "x".repeat(300 * 1024),
      url: new URL("https://example.org/x"),
    });
    expect(kept).toMatchObject({
      text: "a",
      list: [1, null, { deep: true }],
      holes: [null],
      key: "****",
      big: "<bigint 5>",
      nan: "<number NaN>",
      trip: "<Trip>",
      cyclic: { self: "<…>" },
      huge: "<300 kB, not kept>",
    });
    expect(inexact).toEqual(expect.arrayContaining(["key", "big", "nan", "trip", "fn", "cyclic", "huge"]));
    expect(inexact).not.toContain("text");
    expect(kept).not.toHaveProperty("nothing");
    expect(JSON.parse(JSON.stringify(kept))).toEqual(kept);
  });

  it("survive members that cannot be read", () => {
    const hostile = {
      get boom() {
        throw new Error("no");
      },
    };
    const { parameters: kept, inexact } = recorded({ hostile, fine: 1 });
    expect(kept["fine"]).toBe(1);
    expect(inexact).toEqual(["hostile"]);
    expect(recorded(hostile).inexact).toEqual(["boom"]);
    expect(recorded("no object").parameters).toEqual({});
  });

  engineTest("are in the history of the run, secrets hidden", async ({ flowRuns }) => {
    await flow({ name: "f" }, (_: { day: number; key: Secret }) => 1)({ day: 3, key: new Secret("hush") });
    const [run] = await flowRuns("f");
    expect(run?.parameters).toEqual({ day: 3, key: "****" });
    expect(run?.context["sluice.inexact_parameters"]).toEqual(["key"]);
  });
});
