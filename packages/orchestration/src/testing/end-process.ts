/** Ends processes that a test or a benchmark started. */
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";

/** Tells the process to end, and ends it the hard way after `graceMs`; resolves when it has ended, or had. */
export async function endProcess(child: ChildProcess, graceMs: number): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null || child.pid === undefined) return;
  const ended = once(child, "exit");
  child.kill("SIGTERM");
  const timer = setTimeout(() => child.kill("SIGKILL"), graceMs);
  await ended;
  clearTimeout(timer);
}
