import { Writable } from "node:stream";
import { describe, expect, it } from "vitest";
import { LogDispatcher } from "../../src/logging/log-dispatcher.ts";
import { Redactor } from "../../src/logging/redactor.ts";
import { type TerminalSinkOptions, terminalSink } from "../../src/logging/terminal-sink.ts";
import { TextStream } from "./text-stream.ts";

const instant = new Date("2026-11-20T14:10:52.123Z");
const run = { flowRunId: "f1", flowRunName: "lively-otter" };

function setUp({ isTTY, ...options }: TerminalSinkOptions & { isTTY: boolean }) {
  const stream = new TextStream({ isTTY });
  const sinks = [terminalSink({ stream, env: {}, ...options })];
  const dispatcher = new LogDispatcher({ sinks, clock: () => instant, redactor: new Redactor() });
  return { stream, dispatcher };
}

describe("log lines in a pipe", () => {
  it("are plain, with the whole instant in UTC", () => {
    const { stream, dispatcher } = setUp({ isTTY: false });
    dispatcher.logger("sluice.flow_runs", run).info("Trips read", { count: 3 });
    dispatcher.logger("my.lib").warn("\u001b[31mred\u001b[39m");
    expect(stream.text).toBe(
      "2026-11-20T14:10:52.123Z info     lively-otter  Trips read count=3\n" +
        "2026-11-20T14:10:52.123Z warn     my.lib  red\n",
    );
  });

  it("leave out the engine's own below warn", () => {
    const { stream, dispatcher } = setUp({ isTTY: false });
    const engine = dispatcher.logger("sluice.engine", run);
    engine.info("Flow run started");
    engine.warn("Flow run is late");
    expect(stream.text).toContain("Flow run is late");
    expect(stream.text).not.toContain("started");
  });

  it("have the engine's own when that is asked for", () => {
    const { stream, dispatcher } = setUp({ isTTY: false, printEngine: "always" });
    dispatcher.logger("sluice.engine", run).info("Flow run started");
    expect(stream.text).toContain("started");
  });

  it("cannot be forged by a message of several lines", () => {
    const { stream, dispatcher } = setUp({ isTTY: false });
    dispatcher.logger("x").info("one\n2026-11-20T00:00:00.000Z error forged\r\nthree\rfour");
    expect(stream.text.split("\n").slice(1, -1)).toEqual([
      "    2026-11-20T00:00:00.000Z error forged",
      "    three",
      "    four",
    ]);
  });

  it("are coloured when FORCE_COLOR says so", () => {
    const { stream, dispatcher } = setUp({ isTTY: false, env: { FORCE_COLOR: "1", NO_COLOR: "1" } });
    dispatcher.logger("x").info("hello");
    expect(stream.text).toContain("\u001b[32m");
  });
});

describe("log lines on a terminal", () => {
  it("are coloured and have the local time", () => {
    const { stream, dispatcher } = setUp({ isTTY: true });
    dispatcher.logger("x", { ...run, taskRunName: "clean-0" }).error("No");
    expect(stream.text).toMatch(/\d\d:\d\d:52\.123/);
    expect(stream.text).toContain(
      "\u001b[31merror   \u001b[39m \u001b[36mlively-otter / clean-0\u001b[39m  No\n",
    );
  });

  it.each([{ NO_COLOR: "1" }, { TERM: "dumb" }, { FORCE_COLOR: "0" }])("have no colours with %j", (env) => {
    const { stream, dispatcher } = setUp({ isTTY: true, env });
    dispatcher.logger("x").error("No", new Error("why"));
    expect(stream.text).not.toContain("\u001b");
  });

  it("have names that line up", () => {
    const { stream, dispatcher } = setUp({ isTTY: true, env: { NO_COLOR: "1" } });
    for (const flowRunName of ["a-long-name", "short"]) dispatcher.logger("x", { flowRunName }).info("|");
    const [first, second] = stream.text.split("\n");
    expect(second?.indexOf("|")).toBe(first?.indexOf("|"));
  });

  it("have the engine's own unless they are switched off", () => {
    const shown = setUp({ isTTY: true });
    shown.dispatcher.logger("sluice.engine").info("started");
    expect(shown.stream.text).toContain("started");
    const quiet = setUp({ isTTY: true, printEngine: "never" });
    quiet.dispatcher.logger("sluice.engine").info("started");
    expect(quiet.stream.text).toBe("");
  });
});

describe("log lines as JSON", () => {
  it("are one object each", () => {
    const { stream, dispatcher } = setUp({ isTTY: true, format: "json" });
    dispatcher.logger("x", run).info("two\nlines", { count: 3 });
    dispatcher.logger("x").error("Failed", new Error("why"));
    const [first, second] = stream.text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect(first).toEqual({
      timestamp: instant.toISOString(),
      level: "info",
      logger: "x",
      message: "two\nlines",
      ...run,
      fields: { count: 3 },
    });
    expect(second.fields.error).toMatchObject({
      name: "Error",
      message: "why",
      stack: expect.stringContaining("at "),
    });
  });
});

it("survives a reader that goes away", async () => {
  const stream = new Writable({
    write: (_chunk, _encoding, done) => done(Object.assign(new Error("write EPIPE"), { code: "EPIPE" })),
  });
  const failed = new Promise((resolve) => stream.once("error", resolve));
  const dispatcher = new LogDispatcher({ sinks: [terminalSink({ stream }), terminalSink({ stream })] });
  dispatcher.logger("x").info("lost");
  await failed;
  dispatcher.logger("x").info("also lost");
  expect(stream.listenerCount("error")).toBe(1);
});
