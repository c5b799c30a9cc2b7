import { isSluiceError } from "@sluice/protocol";
import { describe, expect, it } from "vitest";
import { type FlowResult, flow } from "../../src/flows/flow.ts";
import { allowFailure, flatten, quote, unmapped } from "../../src/futures/annotations.ts";
import { ConcurrentTaskRunner } from "../../src/task-runners/concurrent-task-runner.ts";
import { task } from "../../src/tasks/task.ts";
import { deferred, engineTest, never, turns } from "../engine-fixture.ts";

const double = task({ name: "double" }, async (n: number) => n * 2);
const add = task({ name: "add" }, async (a: number, b: number) => a + b);
const make = task({ name: "make" }, async (value: number) => value);
const pages = task({ name: "pages" }, async (value: number[][]) => value);
const numbers = task({ name: "numbers" }, async (value: Iterable<number>) => value);
const fails = task({ name: "fails" }, async (): Promise<number[]> => {
  throw new TypeError("bang");
});

function inFlow<T>(work: () => Promise<T>, limit?: number): Promise<FlowResult<Awaited<T>>> {
  return flow({ name: "f", taskRunner: new ConcurrentTaskRunner({ limit }) }, work)();
}

function* count(to: number): Generator<number> {
  for (let n = 1; n <= to; n += 1) yield n;
}

async function* countAsync(to: number): AsyncGenerator<number> {
  for (let n = 1; n <= to; n += 1) {
    await turns(1);
    yield n;
  }
}

describe("map", () => {
  engineTest("runs once per element and keeps the order", async ({ taskRuns }) => {
    expect(await inFlow(async () => double.map([1, 2, 3]))).toEqual([2, 4, 6]);
    expect((await taskRuns("double-")).map((run) => run.name)).toEqual(["double-0", "double-1", "double-2"]);
  });

  engineTest("takes arrays, typed arrays, sets, maps' keys, generators and async generators", async () => {
    await inFlow(async () => {
      const sources = [
        [1, 2, 3],
        Float64Array.of(1, 2, 3),
        new Set([1, 2, 3]),
        new Map([1, 2, 3].map((n) => [n, n])).keys(),
        count(3),
        countAsync(3),
      ];
      for (const source of sources) expect(await double.map(source)).toEqual([2, 4, 6]);
    });
  });

  engineTest("over nothing gives an empty list", async () => {
    await inFlow(async () => {
      expect(await double.map([])).toEqual([]);
      expect(await double.map(new Set<number>())).toEqual([]);
      expect(await double.map([]).wait()).toEqual([]);
    });
  });

  engineTest("steps through several arrays together", async () => {
    expect(await inFlow(async () => add.map([1, 2], [10, 20]))).toEqual([11, 22]);
    expect(await inFlow(async () => add.map([1, 2], count(2)))).toEqual([2, 4]);
  });

  engineTest("gives unmapped and single values to every element", async () => {
    await inFlow(async () => {
      expect(await add.map([1, 2], unmapped(10))).toEqual([11, 12]);
      expect(await add.map([1, 2], 10)).toEqual([11, 12]);
      const named = task({ name: "named" }, async (n: number, label: string) => `${label}${n}`);
      expect(await named.map([1, 2], "n")).toEqual(["n1", "n2"]);
      const joined = task({ name: "joined" }, async (n: number, all: number[]) => n * all.length);
      expect(await joined.map([1, 2], unmapped([7, 8, 9]))).toEqual([3, 6]);
    });
  });

  engineTest(
    "gives futures to every element: of one value as it is, of an array element by element",
    async () => {
      await inFlow(async () => {
        expect(await add.map([1, 2], make.submit(10))).toEqual([11, 12]);
        expect(await add.map([1, 2], unmapped(make.submit(10)))).toEqual([11, 12]);
        expect(await add.map(numbers.submit([1, 2]), 10)).toEqual([11, 12]);
        expect(await add.map(numbers.submit([1, 2]), [10, 20])).toEqual([11, 22]);
        expect(await double.map(numbers.submit(new Set([1, 2])))).toEqual([2, 4]);
      });
    },
  );

  engineTest("takes arrays with futures in them", async () => {
    await inFlow(async () => {
      expect(await double.map([double.submit(1), 5])).toEqual([4, 10]);
    });
  });

  engineTest("with quote does not look into the value", async () => {
    const keep = task({ name: "keep" }, async (n: number, what: unknown) => [n, what]);
    await inFlow(async () => {
      const future = double.submit(1);
      const quoted = [future];
      expect(await keep.map([1], quote(quoted))).toEqual([[1, quoted]]);
      await future;
    });
  });

  engineTest("of a task that fails for some elements gives the others' values", async () => {
    const odd = task({ name: "odd" }, async (n: number) => {
      if (n === 2) throw new RangeError("even");
      return n;
    });
    await inFlow(async () => {
      const list = odd.map([1, 2, 3]);
      expect(await list.result({ raiseOnFailure: false })).toEqual([1, expect.any(RangeError), 3]);
      await expect(list).rejects.toThrow("even");
      expect((await list.wait()).map((state) => state.name)).toEqual(["Completed", "Failed", "Completed"]);
    });
  });

  it("outside a flow is refused with the remedy", () => {
    expect(() => double.map([1])).toThrow(/map\(\) of task "double".*flow/);
  });
});

describe("map over what does not fit", () => {
  engineTest("names the arrays of different lengths", async () => {
    await inFlow(async () => {
      expect(() => add.map([1, 2, 3], [1])).toThrow(
        'map() of task "add" got iterables of different lengths: a has 3, b has 1. Make them equal, or wrap what is the same for every element in unmapped().',
      );
      expect(() => add.map([1], [])).toThrow(expect.objectContaining({ code: "MAPPING_LENGTH_MISMATCH" }));
    });
  });

  engineTest("fails at the end of the shorter source when lengths are not known before", async () => {
    await inFlow(async () => {
      const states = await add.map(count(2), [1, 2, 3]).wait();
      expect(states.map((state) => state.name)).toEqual(["Completed", "Completed", "Failed"]);
      const error = await states[2]?.result({ raiseOnFailure: false });
      expect(isSluiceError(error, "MAPPING_LENGTH_MISMATCH")).toBe(true);
      expect((error as Error).message).toContain("a has 2, b has more");
    });
  });

  engineTest("says when there is nothing to map over, and what the arguments are", async () => {
    await inFlow(async () => {
      expect(() => add.map(1, 2)).toThrow(
        'map() of task "add" got nothing to map over (a is a number, b is a number). Pass at least one array, iterable or async iterable; use submit() for one run.',
      );
      expect(() => add.map(unmapped([1]) as never, 2)).toThrow(/a is an unmapped array, b is a number/);
      expect(() => make.map("text" as never)).toThrow(/value is a string/);
      expect(() => make.map(null as never)).toThrow(/value is null/);
      expect(() => make.map(new Date(0) as never)).toThrow(/value is an object of class Date/);
      const none = task({ name: "none" }, async () => 1);
      expect(() => none.map()).toThrow(/there are no arguments/);
      expect(() => none.map()).toThrow(expect.objectContaining({ code: "MAPPING_MISSING_ITERABLE" }));
    });
  });

  engineTest("says so of a future that gives one value", async () => {
    await inFlow(async () => {
      const [state] = await make.map(make.submit(5) as never).wait();
      expect(state?.name).toBe("Failed");
      expect(state?.message).toMatch(/MappingMissingIterableError.*nothing to map over/);
    });
  });

  engineTest("is one run that is not ready when a mapped future failed", async ({ taskRuns }) => {
    await inFlow(async () => {
      const states = await add.map(fails.submit() as never, [1, 2, 3]).wait();
      expect(states.map((state) => state.name)).toEqual(["NotReady"]);
    });
    expect((await taskRuns("add-")).map((run) => run.state_name)).toEqual(["NotReady"]);
  });
});

describe("a lazy source", () => {
  engineTest("is never read further than the window", async () => {
    let read = 0;
    let ended = 0;
    let furthest = 0;
    function* source(): Generator<number> {
      for (; read < 50; ) {
        read += 1;
        furthest = Math.max(furthest, read - ended);
        yield read;
      }
    }
    const slow = task({ name: "slow", mapWindow: 4 }, async (n: number) => {
      await turns(1);
      ended += 1;
      return n;
    });
    const values = await inFlow(async () => slow.map(source()));
    expect(values).toHaveLength(50);
    expect(furthest).toBeLessThanOrEqual(4);
  });

  engineTest("of any length holds no more than a window of runs at a time", async () => {
    let open = 0;
    let most = 0;
    const note = task({ name: "note", mapWindow: 8 }, async (n: number) => {
      open += 1;
      most = Math.max(most, open);
      await turns(1);
      open -= 1;
      return n;
    });
    expect((await inFlow(async () => note.map(countAsync(60)))).length).toBe(60);
    expect(most).toBeLessThanOrEqual(8);
  });

  engineTest("bounds arrays in the same way", async () => {
    let open = 0;
    let most = 0;
    const note = task({ name: "note", mapWindow: 3 }, async (n: number) => {
      open += 1;
      most = Math.max(most, open);
      await turns(1);
      open -= 1;
      return n;
    });
    expect((await inFlow(async () => note.map([...count(20)]))).length).toBe(20);
    expect(most).toBe(3);
  });

  engineTest("that throws ends the list with one failed future, and its error", async () => {
    function* broken(): Generator<number> {
      yield 1;
      yield 2;
      throw new Error("no more pages");
    }
    await inFlow(async () => {
      const states = await double.map(broken()).wait();
      expect(states.map((state) => state.name)).toEqual(["Completed", "Completed", "Failed"]);
      expect(states[2]?.message).toBe(
        'An element of map() of task "double" could not be made: Error: no more pages',
      );
      await expect(double.map(broken())).rejects.toThrow("no more pages");
    });
  });

  engineTest("that throws fails the flow when nobody looks", async () => {
    async function* broken(): AsyncGenerator<number> {
      yield 1;
      throw new Error("no more pages");
    }
    const state = await flow({ name: "f" }, async () => {
      double.map(broken());
    }).returnState();
    expect(state.message).toContain("no more pages");
  });

  engineTest("is closed when it was not read to its end", async () => {
    const closed: string[] = [];
    function* pages(name: string): Generator<number> {
      try {
        for (;;) yield 1;
      } finally {
        closed.push(name);
      }
    }
    await inFlow(async () => {
      await add.map(pages("a"), [1, 2]).wait();
      await add.map(pages("b"), countAsync(1)).wait();
    });
    expect(closed).toEqual(["a", "b"]);
  });

  engineTest("that waits for ever does not keep the map from ending with another one's error", async () => {
    async function* waits(): AsyncGenerator<number> {
      await never();
      yield 1;
    }
    await inFlow(async () => {
      const states = await add
        .map(
          (function* () {
            yield 1;
            throw new Error("broken");
          })(),
          (async function* () {
            yield 1;
            yield* waits();
          })(),
        )
        .wait();
      expect(states.map((state) => state.name)).toEqual(["Completed", "Failed"]);
    });
  });

  engineTest("gives its values one by one while its source goes on", async () => {
    const gate = deferred();
    async function* source(): AsyncGenerator<number> {
      yield 1;
      await gate.promise;
      yield 2;
    }
    await inFlow(async () => {
      const list = double.map(source());
      expect(list.isComplete).toBe(false);
      expect(() => list.length).toThrow(/source is lazy and has not ended/);
      expect(() => Array.from(list)).toThrow(expect.objectContaining({ code: "UNFINISHED_RUN" }));
      const values: number[] = [];
      for await (const value of list) {
        values.push(value);
        gate.resolve();
      }
      expect(values).toEqual([2, 4]);
      expect(list.isComplete).toBe(true);
      expect(list.length).toBe(2);
    });
  });
});

describe("chained maps", () => {
  engineTest(
    "run depth first at limit 1: the second stage of an element comes before the next element",
    async () => {
      const order: string[] = [];
      const one = task({ name: "one" }, async (n: number) => {
        await turns(1);
        order.push(`1:${n}`);
        return n;
      });
      const two = task({ name: "two" }, async (n: number) => {
        await turns(1);
        order.push(`2:${n}`);
        return n;
      });
      const three = task({ name: "three" }, async (n: number) => void order.push(`3:${n}`));
      const elements = [...count(40)];
      await inFlow(async () => {
        await three.map(two.map(one.map(elements)));
      }, 1);
      expect(order).toEqual(elements.flatMap((n) => [`1:${n}`, `2:${n}`, `3:${n}`]));
    },
  );

  engineTest("run depth first at limit 2: never more than two elements are between the stages", async () => {
    const begun = new Set<number>();
    let most = 0;
    const one = task({ name: "one" }, async (n: number) => {
      begun.add(n);
      most = Math.max(most, begun.size);
      await turns(1);
      return n;
    });
    const two = task({ name: "two" }, async (n: number) => {
      await turns(1);
      begun.delete(n);
    });
    await inFlow(async () => {
      await two.map(one.map([...count(60)]));
    }, 2);
    expect(most).toBeLessThanOrEqual(2);
  });

  engineTest("start element i of stage 2 when element i of stage 1 is done", async () => {
    const gates = [deferred(), deferred(), deferred()];
    const started: number[] = [];
    const one = task({ name: "one" }, async (n: number) => {
      await gates[n]?.promise;
      return n;
    });
    const two = task({ name: "two" }, async (n: number) => void started.push(n));
    await inFlow(async () => {
      const list = two.map(one.map([0, 1, 2]));
      gates[1]?.resolve();
      await list.at(1);
      expect(started).toEqual([1]);
      gates[2]?.resolve();
      gates[0]?.resolve();
      await list;
    });
    expect([...started].sort()).toEqual([0, 1, 2]);
  });

  engineTest("work over lazy sources, with an edge per element", async ({ taskRuns }) => {
    await inFlow(async () => {
      expect(await add.map(double.map(count(5)), unmapped(1))).toEqual([3, 5, 7, 9, 11]);
    });
    const upstream = (await taskRuns("double-")).map((run) => [{ input_type: "task_run", id: run.id }]);
    expect((await taskRuns("add-")).map((run) => run.task_inputs["a"])).toEqual(upstream);
  });

  engineTest("run depth first over lazy sources too", async () => {
    const order: string[] = [];
    const one = task({ name: "one", mapWindow: 3 }, async (n: number) => {
      order.push(`1:${n}`);
      return n;
    });
    const two = task({ name: "two" }, async (n: number) => void order.push(`2:${n}`));
    await inFlow(async () => {
      await two.map(one.map(count(20)));
    }, 1);
    for (let n = 1; n <= 20; n += 1) {
      expect(order.indexOf(`2:${n}`) - order.indexOf(`1:${n}`)).toBeLessThanOrEqual(4);
    }
  });

  engineTest("do not run an element whose upstream failed, and run the others", async () => {
    const odd = task({ name: "odd" }, async (n: number) => {
      if (n % 2 === 0) throw new Error("even");
      return n;
    });
    const ran: number[] = [];
    const after = task({ name: "after" }, async (n: number) => void ran.push(n));
    await inFlow(async () => {
      const names = (list: { name: string }[]): string[] => list.map(({ name }) => name);
      expect(names(await after.map(odd.map([1, 2, 3])).wait())).toEqual([
        "Completed",
        "NotReady",
        "Completed",
      ]);
      expect(names(await after.map(odd.map(count(3))).wait())).toEqual([
        "Completed",
        "NotReady",
        "Completed",
      ]);
    });
    expect(ran).toEqual([1, 3, 1, 3]);
  });

  engineTest("run every element under allowFailure", async () => {
    const odd = task({ name: "odd" }, async (n: number) => {
      if (n % 2 === 0) throw new Error("even");
      return n;
    });
    const after = task({ name: "after" }, async (n: number | Error) => (n instanceof Error ? n.message : n));
    await inFlow(async () => {
      expect(await after.map(allowFailure(odd.map([1, 2, 3])))).toEqual([1, "even", 3]);
      expect(await after.map(allowFailure(odd.map(count(3))))).toEqual([1, "even", 3]);
      expect(await after.map([allowFailure(odd.submit(2))])).toEqual(["even"]);
    });
  });

  engineTest("give the error of a future under allowFailure to every element", async () => {
    const after = task({ name: "after" }, async (n: number, other: unknown) => [n, other instanceof Error]);
    await inFlow(async () => {
      const failed = allowFailure(fails.submit());
      expect(await after.map([1, 2], failed)).toEqual([
        [1, true],
        [2, true],
      ]);
      expect(await after.map([1], unmapped(failed))).toEqual([[1, true]]);
      expect(await after.map([1], allowFailure(5))).toEqual([[1, false]]);
    });
  });

  engineTest("over the value of one run have edges to it", async ({ taskRun, taskRuns }) => {
    await inFlow(async () => {
      await double.map(await numbers([1, 2]));
      await add.map(numbers.submit([1, 2]), 1);
    });
    const [called, submitted] = await taskRuns("numbers-");
    for (const run of await taskRuns("double-")) {
      expect(run.task_inputs).toEqual({ n: [{ input_type: "task_run", id: called?.id }] });
    }
    expect((await taskRun("add-1")).task_inputs).toEqual({
      a: [{ input_type: "task_run", id: submitted?.id }],
    });
  });
});

describe("flatten", () => {
  engineTest("maps over the elements of the elements", async () => {
    await inFlow(async () => {
      expect(await double.map(flatten([[1, 2], [], [3]]))).toEqual([2, 4, 6]);
      expect(await double.map(flatten([new Set([1]), count(2)]))).toEqual([2, 2, 4]);
      expect(await double.map(flatten(Promise.resolve([[1], [2]])))).toEqual([2, 4]);
      expect(await double.map(flatten([Promise.resolve([1]), [2]]))).toEqual([2, 4]);
    });
  });

  engineTest("takes a map of a task that gives pages, and draws the edges", async ({ taskRuns }) => {
    const page = task({ name: "page" }, async (n: number) => [n, n]);
    await inFlow(async () => {
      expect(await double.map(flatten(page.map([1, 2])))).toEqual([2, 2, 4, 4]);
      expect(await double.map(flatten(page.map(count(2))))).toEqual([2, 2, 4, 4]);
      expect(await double.map(flatten([page.submit(5)]))).toEqual([10, 10]);
      expect(await double.map(flatten(pages.submit([[1], [2]])))).toEqual([2, 4]);
    });
    const [first] = await taskRuns("page-");
    expect((await taskRuns("double-"))[1]?.task_inputs).toEqual({
      n: [{ input_type: "task_run", id: first?.id }],
    });
  });

  engineTest("goes on after a page that failed: one run that is not ready stands for it", async () => {
    const page = task({ name: "page" }, async (n: number) => {
      if (n === 2) throw new Error("page 2 is gone");
      return [n, n];
    });
    await inFlow(async () => {
      const states = await double.map(flatten(page.map([1, 2, 3]))).wait();
      expect(states.map((state) => state.name)).toEqual([
        "Completed",
        "Completed",
        "NotReady",
        "Completed",
        "Completed",
      ]);
    });
  });

  engineTest("says what is no iterable", async () => {
    await inFlow(async () => {
      await expect(double.map(flatten([1, 2] as never))).rejects.toThrow(
        "flatten() needs an iterable of iterables, but found a value of type number in place of an iterable.",
      );
    });
  });
});
