import { describe, expect, it, vi } from "vitest";
import { formatMessage } from "../../src/logging/format-message.ts";
import { LogDispatcher } from "../../src/logging/log-dispatcher.ts";
import { Redactor } from "../../src/logging/redactor.ts";
import { collectingSink } from "./collecting-sink.ts";

const clock = (): Date => new Date("2026-11-20T14:10:52.123Z");

function setUp(options: Partial<ConstructorParameters<typeof LogDispatcher>[0]> = {}) {
  const sink = collectingSink();
  const redactor = new Redactor();
  const dispatcher = new LogDispatcher({ sinks: [sink], redactor, clock, level: "debug", ...options });
  return { sink, redactor, logger: dispatcher.logger("sluice.test"), dispatcher };
}

describe("a logger", () => {
  it("gives sinks records with level, message, fields, time and run", () => {
    const { dispatcher, sink } = setUp();
    const run = { flowRunId: "f1", flowRunName: "lively-otter", taskRunId: "t1", taskRunName: "clean-0" };
    dispatcher.logger("sluice.task_runs", run).warn("Slow", { seconds: 3 });
    expect(sink.records).toEqual([
      {
        ...run,
        name: "sluice.task_runs",
        level: "warn",
        message: "Slow",
        fields: { seconds: 3 },
        timestamp: clock(),
      },
    ]);
  });

  it("keeps lines from its level on", () => {
    const { sink, logger } = setUp({ level: "warn" });
    for (const level of ["debug", "info", "warn", "error", "critical"] as const) logger[level](level);
    expect(sink.records.map(({ message }) => message)).toEqual(["warn", "error", "critical"]);
  });

  it("does not touch the fields of a line that is not kept", () => {
    const { logger } = setUp({ level: "info" });
    const read = vi.fn();
    logger.debug("quiet", {
      get costly() {
        return read();
      },
    });
    expect(read).not.toHaveBeenCalled();
  });

  it("adds the fields of its parents, the nearest first", () => {
    const { sink, logger } = setUp();
    logger.child({ a: 1, b: 1 }).child({ b: 2 }).info("x", { c: 3 });
    expect(sink.records[0]?.fields).toEqual({ a: 1, b: 2, c: 3 });
  });

  it("copies fields when they are logged", () => {
    const { sink, logger } = setUp();
    const trips = { count: 1, list: [1] };
    logger.info("x", { trips });
    trips.count = 2;
    trips.list.push(2);
    expect(sink.records[0]?.fields).toEqual({ trips: { count: 1, list: [1] } });
  });

  it("reports a sink that fails once, and goes on with the others", () => {
    const warn = vi.spyOn(process, "emitWarning").mockImplementation(() => undefined);
    const sink = collectingSink();
    const redactor = new Redactor();
    redactor.register("hunter22");
    const broken = {
      write: () => {
        throw new Error("disk full at hunter22");
      },
    };
    const logger = new LogDispatcher({ sinks: [broken, sink], redactor }).logger("x");
    logger.info("one");
    logger.info("two");
    expect(sink.records).toHaveLength(2);
    expect(warn.mock.calls).toEqual([
      [expect.stringContaining("disk full at ****"), { type: "SluiceLogWarning" }],
    ]);
    warn.mockRestore();
  });

  it("costs next to nothing for a line that is not kept", () => {
    const { logger } = setUp({ level: "info" });
    const began = process.cpuUsage();
    for (let index = 0; index < 100_000; index += 1) logger.debug("quiet");
    // Measured: 500 µs. The bound only catches work that has no place here.
    expect(process.cpuUsage(began).user).toBeLessThan(200_000);
  });
});

describe("fields", () => {
  it("become plain data, whatever they are", () => {
    const { sink, logger } = setUp();
    const cyclic: Record<string, unknown> = { name: "loop" };
    Object.assign(cyclic, { self: cyclic });
    logger.info("x", {
      date: new Date(0),
      noDate: new Date(Number.NaN),
      big: 12n,
      nan: Number.NaN,
      nothing: null,
      absent: undefined,
      map: new Map([["a", new Set([1])]]),
      bytes: new Uint8Array(3),
      url: new URL("http://host/"),
      run: function work() {},
      symbol: Symbol("s"),
      pattern: /x/g,
      cyclic,
      throws: Object.defineProperty({}, "bad", {
        enumerable: true,
        get() {
          throw new Error("no");
        },
      }),
    });
    expect(sink.records[0]?.fields).toEqual({
      date: "1970-01-01T00:00:00.000Z",
      noDate: "Invalid Date",
      big: "12",
      nan: "NaN",
      nothing: null,
      map: { a: [1] },
      bytes: "[Uint8Array of 3 bytes]",
      url: "http://host/",
      run: "[function work]",
      symbol: "Symbol(s)",
      pattern: "/x/g",
      cyclic: { name: "loop", self: "[circular]" },
      throws: "[unreadable: no]",
    });
    expect(() => JSON.stringify(sink.records)).not.toThrow();
  });

  it("are bounded in depth, number and length", () => {
    const { sink, logger } = setUp();
    let deep: unknown = 1;
    for (let index = 0; index < 50; index += 1) deep = { deep };
    logger.info("x", { deep, many: Array.from({ length: 5000 }, () => 0), long: "x".repeat(3_000_000) });
    const { deep: deepCopy, many, long } = sink.records[0]?.fields ?? {};
    expect(JSON.stringify(deepCopy)).toContain("[too deep]");
    expect(Object(many)).toHaveLength(1001);
    expect(Buffer.byteLength(String(long))).toBe(1_000_000);
  });

  it("that cannot be read at all do not lose the line", () => {
    const { sink, logger } = setUp();
    const hostile = new Proxy(
      {},
      {
        ownKeys() {
          throw new Error("keep out");
        },
      },
    );
    logger.info("kept", hostile);
    expect(sink.records[0]).toMatchObject({ message: "kept", fields: { fields: "[unreadable: keep out]" } });
  });
});

describe("a message", () => {
  const textOf = (log: (logger: ReturnType<typeof setUp>["logger"]) => void): string => {
    const { sink, logger } = setUp();
    log(logger);
    const [record] = sink.records;
    return record === undefined ? "" : formatMessage(record);
  };

  it("is followed by its fields", () => {
    const text = textOf((logger) =>
      logger.info("Trips read", { path: "a b.csv", count: 3, odd: "x=1", list: [1, "a"] }),
    );
    expect(text).toBe('Trips read path="a b.csv" count=3 odd="x=1" list=[1,"a"]');
  });

  it("is followed by the stack, facts and causes of an error", () => {
    const cause = Object.assign(new Error("connection refused"), { code: "ECONNREFUSED" });
    const text = textOf((logger) => logger.error("Failed", new TypeError("no answer", { cause })));
    expect(text).toMatch(
      /^Failed\nTypeError: no answer\n\s+at .*\n[\s\S]*cause: Error: connection refused\n\s+at /,
    );
    expect(text).toContain("[code=ECONNREFUSED]");
  });

  it("names the field of an error that is not `error`, and shows one inside others shortly", () => {
    const text = textOf((logger) => logger.error("x", { cause: new Error("a"), list: [new Error("b")] }));
    expect(text).toMatch(/^x list=\["Error: b"\]\ncause: Error: a\n/);
  });

  it("shows every error of an AggregateError, and ends where causes go round", () => {
    const loop = new Error("round");
    loop.cause = loop;
    const text = textOf((logger) => logger.error("x", new AggregateError([loop, "text"], "several")));
    expect(text).toContain("- Error: round");
    expect(text).toContain("cause: Error: round (see above)");
    expect(text).toContain("- text");
  });

  it("shows name and message of an error that were changed after it was made", () => {
    const error = new Error("first");
    error.message = "second";
    expect(textOf((logger) => logger.error("x", error))).toMatch(/^x\nError: second\n\s+at /);
  });

  it("over 1 MB is cut between characters, with a note", () => {
    const text = textOf((logger) => logger.info("é🚕".repeat(400_000)));
    expect(Buffer.byteLength(text)).toBeLessThanOrEqual(1_000_000);
    expect(Buffer.byteLength(text)).toBeGreaterThan(999_990);
    expect(text).toMatch(/[é🚕]… \[truncated: the whole text has 2400000 bytes\]$/u);
    expect(text).not.toMatch(/[\ud800-\udfff]/u);
  });

  it("of up to 1 MB is kept whole", () => {
    expect(textOf((logger) => logger.info("é".repeat(500_000)))).toBe("é".repeat(500_000));
  });
});
