import { AsyncLocalStorage } from "node:async_hooks";
import { setImmediate } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { LogDispatcher } from "../../src/logging/log-dispatcher.ts";
import type { LogSink } from "../../src/logging/log-record.ts";
import type { Logger } from "../../src/logging/logger.ts";
import { PrintCapture } from "../../src/logging/print-capture.ts";
import { collectingSink } from "./collecting-sink.ts";

const terminal = globalThis.console;
const METHODS = ["log", "info", "warn", "error", "debug"] as const;

describe("what runs print", () => {
  const printed = vi.fn();
  const saved = METHODS.map((method) => terminal[method]);
  const scope = new AsyncLocalStorage<Logger>();

  beforeEach(() => {
    printed.mockReset();
    for (const method of METHODS) terminal[method] = printed;
  });

  afterEach(() => {
    for (const [index, method] of METHODS.entries()) terminal[method] = saved[index] ?? printed;
  });

  function setUp(extra: readonly LogSink[] = []) {
    const sink = collectingSink();
    const logger = new LogDispatcher({ sinks: [sink, ...extra], level: "debug" }).logger("run");
    return { sink, logger, capture: new PrintCapture(() => scope.getStore()) };
  }

  it("becomes log lines of the level of the console's method", () => {
    const { sink, logger, capture } = setUp();
    const release = capture.acquire();
    scope.run(logger, () => {
      terminal.log("a %s", "b", { c: 1 });
      terminal.warn("careful");
      terminal.error(new Error("bad"));
      terminal.debug("detail");
    });
    release();
    expect(sink.records.map(({ level }) => level)).toEqual(["info", "warn", "error", "debug"]);
    expect(sink.records[0]?.message).toBe("a b { c: 1 }");
    expect(sink.records[2]?.message).toMatch(/Error: bad\n\s+at /);
    expect(printed).not.toHaveBeenCalled();
  });

  it("is told apart from what other code prints meanwhile", async () => {
    const { sink, logger, capture } = setUp();
    const release = capture.acquire();
    const inside = scope.run(logger, async () => {
      await setImmediate();
      terminal.log("inside");
    });
    terminal.log("outside", 1);
    await inside;
    release();
    expect(sink.records.map(({ message }) => message)).toEqual(["inside"]);
    expect(printed.mock.calls).toEqual([["outside", 1]]);
  });

  it("is captured until the last holder has released it", () => {
    const { sink, logger, capture } = setUp();
    const first = capture.acquire();
    const second = capture.acquire();
    first();
    first();
    scope.run(logger, () => terminal.log("still"));
    second();
    expect(sink.records).toHaveLength(1);
    for (const method of METHODS) expect(terminal[method]).toBe(printed);
  });

  it("passes through wrappers that others put around console since", () => {
    const { sink, logger, capture } = setUp();
    const release = capture.acquire();
    const ours = terminal.log;
    const wrapper = (...args: unknown[]): void => ours("wrapped", ...args);
    terminal.log = wrapper;
    release();
    expect(terminal.log).toBe(wrapper);
    scope.run(logger, () => terminal.log("x"));
    expect(printed.mock.calls).toEqual([["wrapped", "x"]]);
    const releaseAgain = capture.acquire();
    scope.run(logger, () => terminal.log("y"));
    releaseAgain();
    expect(sink.records.map(({ message }) => message)).toEqual(["wrapped y"]);
  });

  it("does not go round when a sink prints", () => {
    const { sink, logger, capture } = setUp([{ write: (record) => terminal.log("sink:", record.message) }]);
    const release = capture.acquire();
    scope.run(logger, () => terminal.log("once"));
    release();
    expect(sink.records).toHaveLength(1);
    expect(printed.mock.calls).toEqual([["sink:", "once"]]);
  });
});
