/** Processes that another process has started. */
import { hostname } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import { endProcessTree, findProcess, isProcessRunning, type KnownProcess } from "@sluice/core";
import type { JobEnd, RunningJob } from "../infrastructure.ts";

/** How often is looked whether it has ended: the system tells only its parent. */
const LOOK_MS = 250;

/** Host, id and, where the system tells it, the time when it began: an id is used anew by other processes. */
export function processIdentifier(pid: number | undefined): string {
  const known = pid === undefined ? undefined : findProcess(pid);
  const began = known === undefined ? "" : `:${known.startTime}`;
  return `${hostname()}:${pid}${began}`;
}

/** The process, if it is one of this host and still the same; known on Linux only, where ids tell processes apart. */
export function attachedProcess(identifier: string): RunningJob | undefined {
  const [host, pid, startTime] = identifier.split(":");
  if (host !== hostname() || startTime === undefined) return undefined;
  const found = findProcess(Number(pid));
  if (found === undefined || found.startTime !== startTime) return undefined;
  return {
    identifier,
    ended: whenGone(found),
    stop: async ({ graceMs }) => {
      await endProcessTree(found.pid, { graceMs });
      await whenGone(found);
    },
  };
}

async function whenGone(known: KnownProcess): Promise<JobEnd> {
  while (isProcessRunning(known)) await delay(LOOK_MS);
  return { exitCode: null, reason: "an exit code that only the worker which started it could have seen" };
}
