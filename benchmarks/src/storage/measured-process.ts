/** A program that is run to its end, with what it took: time with its start, and memory at its peak. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { setTimeout as delay } from "node:timers/promises";

export interface ProcessFigures {
  readonly seconds: number;
  /** Resident memory at its peak. */
  readonly megabytes: number;
}

const LOOK_EVERY_MS = 20;
const KEPT_ERRORS = 2000;

/** @throws with what the program wrote to its standard error, when it fails */
export async function measuredProcess(
  command: readonly string[],
  env: Readonly<Record<string, string>>,
): Promise<ProcessFigures> {
  const [program = "", ...args] = command;
  const start = performance.now();
  const child = spawn(program, args, {
    env: { PATH: process.env["PATH"], HOME: process.env["HOME"], ...env },
    stdio: ["ignore", "ignore", "pipe"],
  });
  let errors = "";
  child.stderr.on("data", (chunk: Buffer) => {
    errors = (errors + chunk.toString()).slice(-KEPT_ERRORS);
  });
  const ended = once(child, "close");
  const peak = watchPeak(child.pid, ended);
  const [code] = await ended;
  const seconds = (performance.now() - start) / 1000;
  if (code !== 0) throw new Error(`${command.join(" ")} ended with ${String(code)}: ${errors}`);
  return { seconds, megabytes: await peak };
}

/** The system keeps the peak for as long as the process lives. */
async function watchPeak(pid: number | undefined, ended: Promise<unknown>): Promise<number> {
  let isOver = false;
  const end = ended.then(() => {
    isOver = true;
  });
  let kilobytes = 0;
  while (!isOver) {
    const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
    kilobytes = Math.max(kilobytes, Number(/^VmHWM:\s+(\d+) kB$/mu.exec(status)?.[1] ?? 0));
    await Promise.race([end, delay(LOOK_EVERY_MS)]);
  }
  return kilobytes / 1024;
}
