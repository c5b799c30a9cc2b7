/** Which process executes runs here, and whether a process of this machine is still there. */
import { readFileSync, readlinkSync } from "node:fs";
import { hostname } from "node:os";
import type { RunOwner } from "@sluice/protocol";

/** `starttime` of `/proc/<pid>/stat` counts these; the kernel's USER_HZ is 100 on every architecture that Node.js runs on. */
const TICK_MS = 10;
/** Position of `starttime` (field 22) among the fields after the command's name (field 2). */
const START_TIME_FIELD = 19;
/** The process id namespace of the machine itself; containers have others. */
const INITIAL_PID_NAMESPACE = "pid:[4026531836]";

/** This process. */
export function currentOwner(): RunOwner {
  return processOwner(process.pid);
}

/** A process of this machine as an owner. */
export function processOwner(pid: number): RunOwner {
  // Where the system does not tell when a process started, nothing is compared with this.
  return { host: hostName(), pid, process_started_at: linuxProcess(pid)?.startedAtMs ?? 0 };
}

/** Whether the process is there; `undefined` for one of another host or container, of which nothing is known here. */
export function isOwnerAlive(owner: RunOwner): boolean | undefined {
  if (owner.host !== hostName()) return undefined;
  if (!hasProcess(owner.pid)) return false;
  const found = linuxProcess(owner.pid);
  // Where the system does not tell when a process started, its id must do.
  if (found === undefined) return true;
  return !found.isDefunct && found.startedAtMs === owner.process_started_at;
}

/** The machine's name, with the container's process id namespace where there is one: ids mean nothing outside of it. */
function hostName(): string {
  if (process.platform !== "linux") return hostname();
  const namespace = attempt(() => readlinkSync("/proc/self/ns/pid"));
  return namespace === undefined || namespace === INITIAL_PID_NAMESPACE
    ? hostname()
    : `${hostname()} ${namespace}`;
}

function hasProcess(pid: number): boolean {
  // Zero and negative ids mean groups of processes to `kill`.
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    // A process of another user may not be signalled, but is there.
    return errorCode(error) === "EPERM";
  }
}

function linuxProcess(
  pid: number,
): { readonly startedAtMs: number; readonly isDefunct: boolean } | undefined {
  if (process.platform !== "linux") return undefined;
  const stat = attempt(() => readFileSync(`/proc/${pid}/stat`, "latin1"));
  if (stat === undefined) return undefined;
  // The command's name is in parentheses and may contain any character, so the fields are counted from its end.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  // Since boot: the wall clock may be set while the process lives.
  const startedAtMs = Number(fields[START_TIME_FIELD]) * TICK_MS;
  return { startedAtMs, isDefunct: fields[0] === "Z" || fields[0] === "X" };
}

/** What the system tells, or `undefined` where it may not be asked (hidden or no `/proc`) or the process has just gone. */
function attempt<T>(ask: () => T): T | undefined {
  try {
    return ask();
  } catch (error) {
    if (errorCode(error) === undefined) throw error;
    return undefined;
  }
}

function errorCode(error: unknown): unknown {
  return error instanceof Error && "code" in error ? error.code : undefined;
}
