import { describe, expect, it } from "vitest";
import { z } from "zod";
import { flow } from "../../src/flows/flow.ts";
import { recordedParameters } from "../../src/flows/recorded-parameters.ts";
import { registerSecret } from "../../src/logging/redactor.ts";
import { Secret } from "../../src/logging/secret.ts";
import { task } from "../../src/tasks/task.ts";
import { engineTest } from "../engine-fixture.ts";

describe("parameters in history", () => {
  it("are plain JSON, with a word in place of what JSON cannot hold", () => {
    class Account {}
    const cyclic: Record<string, unknown> = { name: "loop" };
    cyclic["self"] = cyclic;
    const given = {
      plain: [1, { a: null }],
      big: 10n,
      fn: () => 1,
      account: new Account(),
      cyclic,
      nan: Number.NaN,
    };
    const { parameters, inexact } = recordedParameters(given, true);
    expect(parameters).toEqual({
      plain: [1, { a: null }],
      big: "<bigint 10>",
      fn: expect.stringContaining("<function"),
      account: "<Account>",
      cyclic: { name: "loop", self: "<…>" },
      nan: "<number NaN>",
    });
    expect(inexact).toEqual(["big", "fn", "account", "cyclic", "nan"]);
  });

  it("keep dates and URLs as text, which is exact only where a schema reads it", () => {
    const given = { day: new Date(0), page: new URL("https://example.com/a") };
    const parameters = { day: "1970-01-01T00:00:00.000Z", page: "https://example.com/a" };
    expect(recordedParameters(given, true)).toEqual({ parameters, inexact: [] });
    expect(recordedParameters(given, false)).toEqual({ parameters, inexact: ["day", "page"] });
  });

  it("are not kept when they are large", () => {
    const { parameters, inexact } = recordedParameters({ rows: "x".repeat(300_000), n: 1 }, true);
    expect(parameters).toEqual({ rows: "<293 kB, not kept>", n: 1 });
    expect(inexact).toEqual(["rows"]);
  });

  it("are together not more than a server takes, counted in ASCII; what comes first is kept", () => {
    const text = "ü".repeat(60_000);
    const { parameters, inexact } = recordedParameters({ a: text, b: text, n: 1 }, true);
    expect(parameters).toEqual({ a: text, b: "<59 kB, not kept>", n: 1 });
    expect(inexact).toEqual(["b"]);
  });

  engineTest("never show a secret, nor do states and logs", async ({ api, flowRuns, taskRun, logs }) => {
    registerSecret("hunter2-hunter2");
    const leak = task({ name: "leak" }, async (password: string) => {
      throw new Error(`cannot log in with ${password}`);
    });
    const login = flow(
      { name: "login", parameters: z.object({ password: z.string(), token: z.custom<Secret<string>>() }) },
      async ({ password }) => leak(password),
    );
    await login.returnState({ password: "hunter2-hunter2", token: new Secret("tok-123456") });
    const [run] = await flowRuns("login");
    expect(run?.parameters).toEqual({ password: "****", token: "****" });
    const everything = JSON.stringify([
      run,
      await taskRun("leak"),
      await api.flowRuns.states(run?.id ?? ""),
      await logs(),
    ]);
    expect(everything).not.toContain("hunter2");
    expect(everything).not.toContain("tok-123456");
    expect(everything).toContain("cannot log in with ****");
  });
});
