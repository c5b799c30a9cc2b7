/** The processes that a process has started, and those that these have started. */
import { readdirSync, readFileSync } from "node:fs";

/** A process; the time it began tells it from a later one with the same id. */
export interface KnownProcess {
  readonly pid: number;
  readonly startTime: string;
  /** Id of its process group. */
  readonly group: number;
}

interface ProcessEntry extends KnownProcess {
  readonly parentPid: number;
}

/** A process that runs; on systems without `/proc` none is known. */
export function findProcess(pid: number): KnownProcess | undefined {
  return processEntry(String(pid));
}

/** On systems without `/proc` none is known. */
export function descendantsOf(pid: number): readonly KnownProcess[] {
  const all = processTable();
  const found: ProcessEntry[] = [];
  const parents = [pid];
  for (let parent = parents.pop(); parent !== undefined; parent = parents.pop()) {
    const children = all.filter(({ parentPid }) => parentPid === parent);
    found.push(...children);
    parents.push(...children.map((child) => child.pid));
  }
  return found;
}

/**
 * Whether a group has processes that run. On systems without `/proc` any counts, also one that has ended and whose parent
 * takes no note of it, as the first process of many containers does not.
 */
export function hasRunning(group: number): boolean {
  return process.platform !== "linux" || processTable().some((entry) => entry.group === group);
}

/** Whether it is the same process still, and not only what its parent has not asked about. */
export function isRunning({ pid, startTime }: KnownProcess): boolean {
  const entry = processEntry(String(pid));
  return entry !== undefined && entry.startTime === startTime;
}

function processTable(): readonly ProcessEntry[] {
  if (process.platform !== "linux") return [];
  return readdirSync("/proc").flatMap((name) => {
    const entry = /^\d+$/.test(name) ? processEntry(name) : undefined;
    return entry === undefined ? [] : [entry];
  });
}

/** proc(5): `pid (name) state ppid pgrp …`, where the name may have spaces and brackets, and field 22 is the start time. */
function processEntry(pid: string): ProcessEntry | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, "latin1");
  } catch {
    // It has ended meanwhile.
    return undefined;
  }
  const [state, parentPid, group, ...others] = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const startTime = others[16];
  if (state === "Z" || startTime === undefined) return undefined;
  return { pid: Number(pid), parentPid: Number(parentPid), group: Number(group), startTime };
}
