/** Types of flows; `tsc` is what checks them, so nothing here is called. */
import { describe, expectTypeOf, it } from "vitest";
import { z } from "zod";
import { type Flow, flow } from "../../src/flows/flow.ts";
import { type HeldResource, type Resource, resource } from "../../src/flows/resource.ts";
import { runFlow } from "../../src/flows/run-flow-call.ts";
import type { TaskFuture } from "../../src/futures/task-future.ts";
import { type FlowRunContext, runContext } from "../../src/runtime/run-context.ts";
import type { State } from "../../src/states/state.ts";
import { Completed } from "../../src/states/state-factories.ts";
import { task } from "../../src/tasks/task.ts";

const double = task({ name: "double" }, async (n: number) => n * 2);
const parameters = z.object({ path: z.string(), threshold: z.number().default(3), day: z.coerce.date() });
const report = flow({ name: "report", parameters }, async (given) => {
  expectTypeOf(given).toEqualTypeOf<{ path: string; threshold: number; day: Date }>();
  return given.path.length;
});
const plain = flow({ name: "plain" }, async ({ n }: { n: number; label?: string }) => n);
const none = flow({ name: "none" }, () => "done");
const optional = flow({ name: "optional", parameters: z.object({ n: z.number().default(1) }) }, ({ n }) => n);

describe("the types of a flow", () => {
  it("come from its schema: what callers give, and what the function gets", () => {
    expectTypeOf(report).parameter(0).toHaveProperty("path").toExtend<string | object>();
    expectTypeOf(report).returns.toEqualTypeOf<Promise<number>>();
    expectTypeOf(report.returnState).returns.toEqualTypeOf<Promise<State<number>>>();
    expectTypeOf(report).toEqualTypeOf<Flow<z.input<typeof parameters>, number>>();
  });

  it("come from its function without a schema", () => {
    expectTypeOf(plain).toEqualTypeOf<Flow<{ n: number; label?: string }, number>>();
    expectTypeOf(none).parameters.toEqualTypeOf<[]>();
    expectTypeOf(none).returns.toEqualTypeOf<Promise<string>>();
    const unnamed = () => flow(async ({ a }: { a: string }) => a);
    expectTypeOf(unnamed).returns.toEqualTypeOf<Flow<{ a: string }, string>>();
    expectTypeOf(plain.withOptions({ retries: 2 })).toEqualTypeOf<
      Flow<{ n: number; label?: string }, number>
    >();
  });

  it("let futures stand for parameters, and nothing be given where all have defaults", () => {
    const uses = (future: TaskFuture<number>) => [
      plain({ n: future }),
      plain({ n: 1, label: "x" }),
      optional(),
      optional({}),
      optional({ n: future }),
      report({ path: "a", day: new Date() }),
      report({ path: "a", day: "2026-01-01" as unknown }),
      runFlow(plain, { parameters: { n: 1 } }),
    ];
    expectTypeOf(uses).toBeFunction();
  });

  it("give the values of returned futures and states", () => {
    const one = flow({ name: "one" }, () => double.submit(1));
    const list = flow({ name: "list" }, async () => double.map([1]));
    const state = flow({ name: "state" }, async () => Completed({ data: "x" }));
    const several = flow({ name: "several" }, async () => [double.submit(1), double.submit(2)]);
    const pair = flow({ name: "pair" }, async () => [double.submit(1), Completed({ data: "x" })] as const);
    expectTypeOf(one).returns.toEqualTypeOf<Promise<number>>();
    expectTypeOf(list).returns.toEqualTypeOf<Promise<number[]>>();
    expectTypeOf(state).returns.toEqualTypeOf<Promise<string>>();
    expectTypeOf(several).returns.toEqualTypeOf<Promise<number[]>>();
    expectTypeOf(pair).returns.toEqualTypeOf<Promise<[number, string]>>();
  });

  it("of the context are known", () => {
    const context = () => runContext();
    expectTypeOf(context).returns.toHaveProperty("signal").toEqualTypeOf<AbortSignal>();
    expectTypeOf(context).returns.toHaveProperty("flowRun").toEqualTypeOf<FlowRunContext | undefined>();
  });
});

describe("the types of resources", () => {
  it("come from their functions", () => {
    const database = resource({
      name: "db",
      setup: async (url: string, pool?: number) => ({ url, pool }),
      cleanup: async (db) => {
        expectTypeOf(db).toEqualTypeOf<{ url: string; pool: number | undefined }>();
      },
    });
    expectTypeOf(database).toEqualTypeOf<
      Resource<[url: string, pool?: number | undefined], { url: string; pool: number | undefined }>
    >();
    const uses = () => ({
      held: database("x"),
      used: database.use(["x", 2], (db) => db.url.length),
    });
    type Uses = ReturnType<typeof uses>;
    expectTypeOf<Uses["held"]>().toEqualTypeOf<
      Promise<HeldResource<{ url: string; pool: number | undefined }>>
    >();
    expectTypeOf<Uses["used"]>().toEqualTypeOf<Promise<number>>();
  });
});

describe("wrong uses", () => {
  it("do not compile", () => {
    const wrong = async (): Promise<void> => {
      // @ts-expect-error a parameter is missing
      await report({ path: "a" });
      // @ts-expect-error a parameter has another type
      await plain({ n: "1" });
      // @ts-expect-error there is no such parameter
      await plain({ n: 1, m: 2 });
      // @ts-expect-error parameters are required
      await plain();
      // @ts-expect-error this flow takes nothing
      await none({ n: 1 });
      // @ts-expect-error a future of another type
      await plain({ n: task({ name: "t" }, () => "text").submit() });
      // @ts-expect-error there is no such option
      flow({ name: "x", retrys: 1 }, () => 1);
      // @ts-expect-error a flow's delay is one number
      flow({ name: "x", retryDelaySeconds: [1, 2] }, () => 1);
      // @ts-expect-error parameters cannot change
      plain.withOptions({ parameters });
      // @ts-expect-error the result has another type
      const text: string = await plain({ n: 1 });
      const functions = { setup: () => 1, cleanup: () => 1 };
      // @ts-expect-error a resource is never cached
      resource({ ...functions, name: text, setupOptions: { cacheExpiration: { hours: 1 } } });
    };
    expectTypeOf(wrong).toBeFunction();
  });
});
