/** Types of tasks; `tsc` is what checks them, so nothing here is called. */
import { describe, expectTypeOf, it } from "vitest";
import {
  type AllowFailure,
  allowFailure,
  type Flattened,
  flatten,
  quote,
  type Unmapped,
  unmapped,
} from "../../src/futures/annotations.ts";
import type { TaskFuture } from "../../src/futures/task-future.ts";
import type { TaskFutureList } from "../../src/futures/task-future-list.ts";
import { tags } from "../../src/runtime/run-scope.ts";
import type { State } from "../../src/states/state.ts";
import { Completed, Failed } from "../../src/states/state-factories.ts";
import { type Task, task } from "../../src/tasks/task.ts";

interface Trip {
  readonly day: Date;
  readonly miles: number;
}

const add = task({ name: "add" }, async (a: number, b: number) => a + b);
const sync = task({ name: "sync" }, (text: string) => text.length);
const load = task(
  { name: "load" },
  async (path: string, limit?: number): Promise<Trip[]> => [
    { day: new Date(0), miles: limit ?? path.length },
  ],
);
const total = task({ name: "total" }, async (trips: Trip[]) => trips.length);
const each = task({ name: "each" }, async (trip: Trip, factor: number) => trip.miles * factor);
const loose = task({ name: "loose" }, async (value: unknown) => value);
const failing = task({ name: "failing" }, async (value: number | Error) => value);
const numbers = task({ name: "numbers" }, async () => [1, 2, 3]);

describe("the types of a task", () => {
  it("come from its function", () => {
    expectTypeOf(add).toEqualTypeOf<Task<[a: number, b: number], number>>();
    expectTypeOf(sync).toEqualTypeOf<Task<[text: string], number>>();
    expectTypeOf(load).toEqualTypeOf<Task<[path: string, limit?: number | undefined], Trip[]>>();
    expectTypeOf(add.withOptions({ retries: 3 })).toEqualTypeOf<Task<[a: number, b: number], number>>();
    const unnamed = () => task(async (n: number) => `${n}`);
    expectTypeOf(unnamed).returns.toEqualTypeOf<Task<[n: number], string>>();
  });

  it("are kept by every way to run it", () => {
    const uses = () => ({
      called: add(1, 2),
      submitted: add.submit(1, 2),
      mapped: add.map([1], [2]),
      state: load.returnState("a"),
      optional: load("a"),
      both: load("a", 5),
      tagged: tags("a", () => add.submit(1, 2)),
    });
    type Uses = ReturnType<typeof uses>;
    expectTypeOf<Uses["called"]>().toEqualTypeOf<Promise<number>>();
    expectTypeOf<Uses["submitted"]>().toEqualTypeOf<TaskFuture<number>>();
    expectTypeOf<Uses["mapped"]>().toEqualTypeOf<TaskFutureList<number>>();
    expectTypeOf<Uses["state"]>().toEqualTypeOf<Promise<State<Trip[]>>>();
    expectTypeOf<Uses["optional"]>().toEqualTypeOf<Promise<Trip[]>>();
    expectTypeOf<Uses["both"]>().toEqualTypeOf<Promise<Trip[]>>();
    expectTypeOf<Uses["tagged"]>().toEqualTypeOf<TaskFuture<number>>();
  });
});

describe("the types of futures", () => {
  it("are those of their values", () => {
    const uses = async () => {
      const future = load.submit("a");
      const list = each.map(future, 2);
      return {
        value: await future,
        result: await future.result(),
        error: await future.result({ raiseOnFailure: false }),
        state: await future.wait(),
        now: future.state,
        handled: future.then((trips) => trips.length),
        values: await list,
        results: await list.result(),
        errors: await list.result({ raiseOnFailure: false }),
        states: await list.wait(),
        first: list.at(0),
      };
    };
    type Uses = Awaited<ReturnType<typeof uses>>;
    expectTypeOf<Uses["value"]>().toEqualTypeOf<Trip[]>();
    expectTypeOf<Uses["result"]>().toEqualTypeOf<Trip[]>();
    expectTypeOf<Uses["error"]>().toEqualTypeOf<Trip[] | Error>();
    expectTypeOf<Uses["state"]>().toEqualTypeOf<State<Trip[]>>();
    expectTypeOf<Uses["now"]>().toEqualTypeOf<State<Trip[]>>();
    expectTypeOf<Uses["handled"]>().toEqualTypeOf<Promise<number>>();
    expectTypeOf<Uses["values"]>().toEqualTypeOf<number[]>();
    expectTypeOf<Uses["results"]>().toEqualTypeOf<number[]>();
    expectTypeOf<Uses["errors"]>().toEqualTypeOf<(number | Error)[]>();
    expectTypeOf<Uses["states"]>().toEqualTypeOf<State<number>[]>();
    expectTypeOf<Uses["first"]>().toEqualTypeOf<TaskFuture<number> | undefined>();
  });

  it("fit in wherever their value does", () => {
    const uses = () => {
      const n = add.submit(1, 2);
      const trips = load.submit("a");
      return [
        add.submit(n, 2),
        add(n, n),
        add.submit(allowFailure(2), quote(3)),
        total.submit(trips),
        total.submit(each.map(trips, 1) as never),
        total.submit([{ day: new Date(), miles: n }]),
        total.submit(load.map(["a"]).at(0) ?? []),
        failing.submit(allowFailure(n)),
        loose.submit([n, { n }, new Map([["n", n]])]),
        task({ name: "sum" }, async (all: number[]) => all.length).submit(add.map([1], 2)),
        task({ name: "sums" }, async (all: (number | Error)[]) => all.length).submit(
          allowFailure(add.map([1], 2)),
        ),
      ];
    };
    expectTypeOf(uses).toBeFunction();
  });
});

describe("the types of map", () => {
  it("take a source of elements or one value per parameter", () => {
    const uses = () => {
      const trips = load.submit("a");
      return [
        each.map([{ day: new Date(), miles: 1 }], 2),
        each.map(trips, unmapped(2)),
        each.map(trips, add.submit(1, 2)),
        each.map(trips, [1, 2]),
        each.map(flatten(load.map(["a", "b"])), 1),
        each.map(new Set<Trip>(), new Float64Array()),
        add.map(add.map([1], 2), unmapped(add.submit(1, 2))),
        add.map(numbers.submit(), 2),
        add.map(
          (function* () {
            yield 1;
          })(),
          (async function* () {
            yield add.submit(1, 2);
          })(),
        ),
        load.map(["a", "b"]),
        load.map(["a"], 5),
        failing.map(allowFailure(add.map([1], 2))),
        failing.map([allowFailure(add.submit(1, 2))]),
        total.map([[{ day: new Date(), miles: 1 }]]),
        total.map(unmapped([{ day: new Date(), miles: 1 }])),
      ];
    };
    expectTypeOf(uses).toBeFunction();
  });

  it("are those of the annotations", () => {
    expectTypeOf(unmapped(5)).toEqualTypeOf<Unmapped<number>>();
    expectTypeOf(flatten([[1], [2]])).toEqualTypeOf<Flattened<number>>();
    const allowed = (future: TaskFuture<Trip>) => allowFailure(future);
    expectTypeOf(allowed).returns.toEqualTypeOf<AllowFailure<TaskFuture<Trip | Error>>>();
  });
});

describe("the types of options", () => {
  it("know the arguments", () => {
    const named = () =>
      task(
        {
          name: "named",
          taskRunName: ({ args, parameters }) => {
            expectTypeOf(args).toEqualTypeOf<[a: number, b: string]>();
            expectTypeOf(parameters).toEqualTypeOf<Readonly<Record<string, unknown>>>();
            return `${args[0]}`;
          },
          retryCondition: ({ state, error }) => {
            expectTypeOf(state).toEqualTypeOf<State>();
            expectTypeOf(error).toBeUnknown();
            return true;
          },
          onFailure: (info, run, state) => {
            expectTypeOf(info.name).toBeString();
            expectTypeOf(run.runCount).toBeNumber();
            expectTypeOf(state).toEqualTypeOf<State>();
          },
        },
        async (a: number, b: string) => a + b.length,
      );
    expectTypeOf(named).returns.toEqualTypeOf<Task<[a: number, b: string], number>>();
  });
});

describe("the types of states", () => {
  it("have the type of their value", () => {
    expectTypeOf(Completed({ data: 5 })).toEqualTypeOf<State<number>>();
    expectTypeOf(Failed()).toEqualTypeOf<State<never>>();
    expectTypeOf(Completed({ data: "x" }).result()).toEqualTypeOf<Promise<string>>();
    expectTypeOf(Completed({ data: "x" }).result({ raiseOnFailure: false })).toEqualTypeOf<
      Promise<string | Error>
    >();
  });
});

describe("wrong uses", () => {
  it("do not compile", () => {
    const wrong = async (): Promise<void> => {
      // @ts-expect-error an argument is missing
      await add(1);
      // @ts-expect-error an argument has another type
      await add(1, "2");
      // @ts-expect-error one argument too many
      await add(1, 2, 3);
      // @ts-expect-error a future of another type
      add.submit(sync.submit("a"), load.submit("b"));
      // @ts-expect-error the value may be an error
      add.submit(allowFailure(add.submit(1, 2)), 2);
      // @ts-expect-error elements of another type
      add.map(["a"], 2);
      // @ts-expect-error a list of another type
      add.map(load.map(["a"]), 2);
      // @ts-expect-error unmapped of another type
      add.map([1], unmapped("a"));
      // @ts-expect-error an array parameter needs elements that are arrays, or unmapped
      total.map([{ day: new Date(), miles: 1 }]);
      // @ts-expect-error there is no such option
      task({ name: "x", retry: 1 }, async () => 1);
      // @ts-expect-error options are checked in withOptions too
      add.withOptions({ retries: "3" });
      // @ts-expect-error the result has another type
      const text: string = await add(1, 2);
      // @ts-expect-error unmapped is for map
      add.submit(unmapped(1), 2);
      // @ts-expect-error a future is read-only
      add.submit(1, 2).taskRunName = text;
    };
    expectTypeOf(wrong).toBeFunction();
  });
});
