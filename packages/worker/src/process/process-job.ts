/** A process that was started here, as a running job. */
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { endProcessTree, OutputLines } from "@sluice/core";
import type { Job, JobEnd, RunningJob } from "../infrastructure.ts";

/** What a process that has ended left in the background may hold its output open for so long. */
const OUTPUT_WAIT_MS = 1000;
/** How long what it left in the background may take to end. */
const LEFTOVER_GRACE_MS = 2000;

export class ProcessJob implements RunningJob {
  readonly identifier: string;
  readonly ended: Promise<JobEnd>;
  readonly #pid: number;

  constructor(child: ChildProcess, onOutput: Job["onOutput"], identifier: string) {
    this.#pid = child.pid ?? 0;
    this.identifier = identifier;
    this.ended = whenEnded(child, onOutput);
  }

  async stop({ graceMs }: { readonly graceMs: number }): Promise<void> {
    await endProcessTree(this.#pid, { graceMs });
    await this.ended;
  }
}

async function whenEnded(child: ChildProcess, onOutput: Job["onOutput"]): Promise<JobEnd> {
  const outputs = (["stdout", "stderr"] as const).map((name) => {
    const lines = new OutputLines((line) => onOutput(line, name));
    child[name]?.on("data", (chunk: Buffer) => lines.add(chunk));
    return lines;
  });
  const closed = once(child, "close");
  const [exitCode, signal] =
    child.exitCode !== null || child.signalCode !== null
      ? [child.exitCode, child.signalCode]
      : ((await once(child, "exit")) as [number | null, NodeJS.Signals | null]);
  await endProcessTree(child.pid ?? 0, { graceMs: LEFTOVER_GRACE_MS });
  const waiting = new AbortController();
  await Promise.race([
    closed,
    delay(OUTPUT_WAIT_MS, undefined, { signal: waiting.signal }).catch(() => undefined),
  ]);
  waiting.abort();
  child.stdout?.destroy();
  child.stderr?.destroy();
  for (const lines of outputs) lines.end();
  return { exitCode, reason: reasonOf(exitCode, signal) };
}

function reasonOf(exitCode: number | null, signal: NodeJS.Signals | null): string {
  if (signal === "SIGKILL") return "signal SIGKILL: somebody killed it, or the system did for want of memory";
  return signal === null ? `exit code ${exitCode}` : `signal ${signal}`;
}
