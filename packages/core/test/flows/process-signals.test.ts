import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { inEngine } from "../engine-fixture.ts";

const program = fileURLToPath(new URL("signal-program.ts", import.meta.url));

interface Ended {
  /** What a shell reports: the exit code, or 128 and the signal's number. */
  readonly status: number;
  readonly lines: string[];
  readonly home: string;
}

/** Starts the program, sends it a signal when it is ready (and again if asked), and waits for its end. */
async function interrupted(
  name: string,
  signal: "SIGINT" | "SIGTERM",
  options: { readonly isRepeated?: boolean; readonly graceSeconds?: number; readonly history?: string } = {},
): Promise<Ended> {
  const home = await mkdtemp(join(tmpdir(), "sluice-signal-"));
  onTestFinished(() => rm(home, { recursive: true, force: true }));
  const child = spawn(process.execPath, ["--conditions=@sluice/source", "--import", "tsx", program, name], {
    stdio: ["ignore", "pipe", "inherit"],
    env: {
      ...process.env,
      SLUICE_HOME: home,
      SLUICE_HISTORY: options.history ?? "memory",
      SLUICE_LOGGING_TO_TERMINAL: "false",
      SLUICE_FLOWS_CANCEL_GRACE_SECONDS: String(options.graceSeconds ?? 30),
    },
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const lines: string[] = [];
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    lines.push(...text.split("\n").filter((line) => line !== ""));
    if (!lines.includes("ready") || text.includes("ready") === false) return;
    child.kill(signal);
    if (options.isRepeated !== true) return;
    // More than once: signals that a busy process has not taken are one.
    const again = setInterval(() => child.kill(signal), 100);
    child.once("exit", () => clearInterval(again));
  });
  const status = await statusOf(child);
  return { status, lines: lines.filter((line) => line !== "ready"), home };
}

function statusOf(child: ChildProcess): Promise<number> {
  const numbers: Partial<Record<NodeJS.Signals, number>> = { SIGINT: 2, SIGTERM: 15, SIGKILL: 9 };
  return new Promise((resolve) => {
    child.on("close", (code, signal) => resolve(code ?? 128 + (numbers[signal ?? "SIGKILL"] ?? 0)));
  });
}

const CANCELLED = "cancellation: Flow run was cancelled by Ctrl-C (SIGINT)";
const TIMEOUT_MS = 120_000;

describe("SIGINT", () => {
  it(
    "cancels the flow, frees its resources, calls its hooks, and ends the process: 130",
    async () => {
      const { status, lines } = await interrupted("heeds", "SIGINT");
      expect(lines).toEqual(["cleaned up", CANCELLED]);
      expect(status).toBe(130);
    },
    TIMEOUT_MS,
  );

  it(
    "ends a flow whose task ignores it when the grace time is over",
    async () => {
      const { status, lines } = await interrupted("ignores", "SIGINT", { graceSeconds: 0.1 });
      expect(lines).toEqual([CANCELLED]);
      expect(status).toBe(130);
    },
    TIMEOUT_MS,
  );

  it(
    "for the second time ends the process at once",
    async () => {
      const { status, lines } = await interrupted("never-ends", "SIGINT", { isRepeated: true });
      expect(lines).toEqual([]);
      expect(status).toBe(130);
    },
    TIMEOUT_MS,
  );

  it(
    "ends the wait for a task's retry",
    async () => {
      const { status, lines } = await interrupted("retries", "SIGINT");
      expect(lines).toEqual([CANCELLED]);
      expect(status).toBe(130);
    },
    TIMEOUT_MS,
  );

  it(
    "ends the wait for the flow's retry",
    async () => {
      const { status, lines } = await interrupted("flow-retry", "SIGINT");
      expect(lines).toEqual([CANCELLED]);
      expect(status).toBe(130);
    },
    TIMEOUT_MS,
  );

  it(
    "cancels all flows of the process before it ends it",
    async () => {
      const { status, lines } = await interrupted("two", "SIGINT");
      expect(lines).toEqual([CANCELLED, CANCELLED]);
      expect(status).toBe(130);
    },
    TIMEOUT_MS,
  );

  it(
    "leaves the end of the process to a program that listens itself",
    async () => {
      const { status, lines } = await interrupted("listens", "SIGINT");
      expect(lines.sort()).toEqual([CANCELLED, "the program's own listener", "went on: Cancelled"].sort());
      expect(status).toBe(7);
    },
    TIMEOUT_MS,
  );
});

describe("SIGTERM", () => {
  it(
    "crashes the flow, frees its resources, calls its hooks, and ends the process: 143; history has it all",
    async () => {
      const { status, lines, home } = await interrupted("heeds", "SIGTERM", { history: "sqlite" });
      expect(lines).toEqual([
        "cleaned up",
        "crashed: The process of the flow run was told to stop (SIGTERM)",
      ]);
      expect(status).toBe(143);
      await inEngine(
        async ({ flowRuns, taskRuns }) => {
          expect((await flowRuns("heeds")).map((run) => run.state_name)).toEqual(["Crashed"]);
          const ended = (await taskRuns()).map((run) => [run.name, run.state_name]);
          expect(ended).toEqual([
            ["database.setup-0", "Completed"],
            ["heeds-0", "Crashed"],
            ["database.cleanup-0", "Completed"],
          ]);
        },
        { home, "history.mode": "sqlite" },
      );
    },
    TIMEOUT_MS,
  );
});
