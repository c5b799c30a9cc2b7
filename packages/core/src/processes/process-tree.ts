/** Ends a process with all that it has started. */
import { execFile } from "node:child_process";
import { setTimeout as delay } from "node:timers/promises";
import { descendantsOf, hasRunning, isRunning, type KnownProcess } from "./descendants.ts";

const POLL_MS = 20;
/** How long the system may take to end what was killed. */
const KILL_WAIT_MS = 2000;

/** Whether `endProcessTree` works by process group: then the process has to be spawned with `detached: true`. */
export const hasOwnGroup: boolean = process.platform !== "win32";

/**
 * Asks the processes of the tree to end and, when they have not after `graceMs`, has the system end them. The tree is the
 * group of the process, of which it has to be the leader, also when it has ended itself; on Linux moreover what left the
 * group but not its parent. Resolves when they have ended.
 */
export async function endProcessTree(pid: number, { graceMs }: { readonly graceMs: number }): Promise<void> {
  if (!hasOwnGroup) {
    await endOnWindows(pid);
    return;
  }
  const tree = new ProcessTree(pid);
  if (!tree.isAlive()) return;
  tree.signal("SIGTERM");
  await tree.whenEnded(graceMs);
  if (!tree.isAlive()) return;
  tree.signal("SIGKILL");
  await tree.whenEnded(KILL_WAIT_MS);
}

/** Has the system end the tree, without waiting: for a process that is about to end itself. */
export function killProcessTree(pid: number): void {
  if (hasOwnGroup) new ProcessTree(pid).signal("SIGKILL");
  else void endOnWindows(pid);
}

class ProcessTree {
  readonly #pid: number;
  /** Of the tree, but not of its group. */
  readonly #outsiders = new Map<number, KnownProcess>();

  constructor(pid: number) {
    this.#pid = pid;
  }

  signal(signal: "SIGTERM" | "SIGKILL"): void {
    // When its parent has ended nobody can tell any more that a process was of the tree, so it is noted before.
    const outsiders = descendantsOf(this.#pid).filter(({ group }) => group !== this.#pid);
    for (const outsider of outsiders) this.#outsiders.set(outsider.pid, outsider);
    send(-this.#pid, signal);
    for (const outsider of this.#outsiders.values()) if (isRunning(outsider)) send(outsider.pid, signal);
  }

  isAlive(): boolean {
    return (send(-this.#pid, 0) && hasRunning(this.#pid)) || [...this.#outsiders.values()].some(isRunning);
  }

  async whenEnded(limitMs: number): Promise<void> {
    const deadline = performance.now() + limitMs;
    while (this.isAlive() && performance.now() < deadline) await delay(POLL_MS);
  }
}

/** Whether there was anybody to get it. */
function send(pid: number, signal: NodeJS.Signals | 0): boolean {
  try {
    process.kill(pid, signal);
    return true;
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    // Somebody else's process has the id, or belongs to the group: it cannot be ended from here.
    if (code === "ESRCH" || code === "EPERM") return false;
    throw error;
  }
}

/** Windows has no signals; its own command ends the tree. */
function endOnWindows(pid: number): Promise<void> {
  return new Promise((resolve) => {
    // It fails when the process has ended already.
    execFile("taskkill", ["/pid", String(pid), "/t", "/f"], () => resolve());
  });
}
