import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { OutputStream, Terminal } from "../../src/output/terminal.ts";
import { type BegunRun, showProgress } from "../../src/running/progress-display.ts";

const ERASE = "\r\u001b[2K";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** Both streams write to one screen, as on a real terminal. */
function screen(isTTY: boolean, columns = 120): { terminal: Terminal; taken(): string } {
  let written = "";
  const stream = (): OutputStream => ({
    isTTY,
    columns,
    write(text) {
      written += text;
      return true;
    },
  });
  const taken = (): string => {
    const text = written;
    written = "";
    return text;
  };
  return { terminal: { stdout: stream(), stderr: stream(), env: { TERM: "xterm" } }, taken };
}

function begun(): {
  run: BegunRun;
  counts: Record<string, number>;
  progress: { total: number; retries: number };
} {
  const counts: Record<string, number> = {};
  const progress = { total: 0, retries: 0, byStateName: () => counts };
  return { run: { id: "id", name: "lively-otter", progress }, counts, progress };
}

describe("progress on a terminal", () => {
  it("is one line that changes, at most ten times a second", () => {
    const { terminal, taken } = screen(true);
    const { run, counts, progress } = begun();
    const end = showProgress(run, terminal);
    vi.advanceTimersByTime(100);
    expect(taken()).toBe(`${ERASE}lively-otter  no task runs yet  0 s`);
    Object.assign(counts, { Running: 20, Completed: 1180, Cached: 4, Odd: 0 });
    Object.assign(progress, { total: 1204, retries: 12 });
    vi.advanceTimersByTime(99);
    expect(taken()).toBe("");
    vi.advanceTimersByTime(1);
    expect(taken()).toBe(
      `${ERASE}lively-otter  1,204 task runs: 1,180 Completed, 4 Cached, 20 Running; 12 retries  0 s`,
    );
    vi.advanceTimersByTime(700);
    expect(taken()).toBe("");
    end();
    expect(taken()).toBe(ERASE);
    vi.advanceTimersByTime(1000);
    expect(taken()).toBe("");
  });

  it("makes room for what anybody prints, and comes back below it", () => {
    const { terminal, taken } = screen(true);
    const end = showProgress(begun().run, terminal);
    vi.advanceTimersByTime(100);
    taken();
    terminal.stdout.write("printed\n");
    terminal.stderr.write("logged\n");
    expect(taken()).toBe(`${ERASE}printed\nlogged\n`);
    vi.advanceTimersByTime(100);
    expect(taken()).toMatch(/lively-otter/);
    terminal.stdout.write("half a ");
    vi.advanceTimersByTime(500);
    expect(taken()).toBe(`${ERASE}half a `);
    terminal.stdout.write("line\n");
    vi.advanceTimersByTime(100);
    expect(taken()).toBe(`line\n${ERASE}lively-otter  no task runs yet  0 s`);
    end();
    taken();
    terminal.stdout.write("after\n");
    expect(taken()).toBe("after\n");
  });

  it("is cut at the terminal's width", () => {
    const { terminal, taken } = screen(true, 10);
    const end = showProgress(begun().run, terminal);
    vi.advanceTimersByTime(100);
    expect(taken()).toBe(`${ERASE}lively-ot`);
    end();
  });
});

describe("progress elsewhere", () => {
  it("is a line every five seconds, if anything changed", () => {
    const { terminal, taken } = screen(false);
    const { run, counts, progress } = begun();
    const end = showProgress(run, terminal);
    vi.advanceTimersByTime(20_000);
    expect(taken()).toBe("");
    Object.assign(counts, { Running: 2 });
    progress.total = 2;
    vi.advanceTimersByTime(10_000);
    expect(taken()).toBe("lively-otter  2 task runs: 2 Running  25 s\n");
    end();
    Object.assign(counts, { Completed: 1 });
    vi.advanceTimersByTime(10_000);
    expect(taken()).toBe("");
  });
});
