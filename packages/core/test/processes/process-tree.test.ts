import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { describe, expect, it, onTestFinished } from "vitest";
import { endProcessTree, hasOwnGroup, killProcessTree } from "../../src/processes/process-tree.ts";

describe.skipIf(!hasOwnGroup)("a process tree", () => {
  it("ends with the processes that it has started, and those that these have", async () => {
    const { pid, pids } = await tree("sh -c 'sleep 600 & echo $!; wait' & sleep 600 & echo $!; wait", 2);
    await endProcessTree(pid, { graceMs: 5000 });
    expect([pid, ...pids].filter(isAlive)).toEqual([]);
  });

  it("ends what pays no heed, when the grace time is over", async () => {
    const stubborn = "trap '' TERM; echo $$; while :; do sleep 0.1; done";
    const { pid, pids } = await tree(`sh -c "${stubborn.replaceAll("$", "\\$")}" & wait`, 1);
    const start = performance.now();
    await endProcessTree(pid, { graceMs: 300 });
    expect(pids.filter(isAlive)).toEqual([]);
    expect(performance.now() - start).toBeGreaterThan(290);
  });

  it("ends what is left of it when its leader has ended", async () => {
    const { pid, pids, child } = await tree("sleep 600 & echo $!", 1);
    if (child.exitCode === null) await once(child, "exit");
    expect(pids.filter(isAlive)).toEqual(pids);
    await endProcessTree(pid, { graceMs: 5000 });
    expect(pids.filter(isAlive)).toEqual([]);
  });

  it.skipIf(process.platform !== "linux")("ends what made a group of its own", async () => {
    const { pid, pids } = await tree("setsid sh -c 'echo $$; exec sleep 600' & wait", 1);
    await endProcessTree(pid, { graceMs: 5000 });
    expect(pids.filter(isAlive)).toEqual([]);
  });

  it("is killed without waiting", async () => {
    const { pid, pids, child } = await tree("sleep 600 & echo $!; wait", 1);
    killProcessTree(pid);
    await once(child, "close");
    expect(pids.filter(isAlive)).toEqual([]);
    await endProcessTree(pid, { graceMs: 5000 });
  });
});

/** A shell, and so many ids that its processes have written. */
async function tree(
  script: string,
  count: number,
): Promise<{ readonly pid: number; readonly pids: readonly number[]; readonly child: ChildProcess }> {
  const child = spawn("sh", ["-c", script], { detached: true, stdio: ["ignore", "pipe", "inherit"] });
  const { pid } = child;
  if (pid === undefined) throw new Error("There is no sh.");
  onTestFinished(() => killProcessTree(pid));
  const pids: number[] = [];
  for await (const line of createInterface({ input: child.stdout })) {
    pids.push(Number(line));
    if (pids.length === count) break;
  }
  return { pid, pids, child };
}

/** Not what has ended and waits for its parent to take note. */
function isAlive(pid: number): boolean {
  const { stdout } = spawnSync("ps", ["-o", "stat=", "-p", String(pid)], { encoding: "utf8" });
  return stdout.trim() !== "" && !stdout.startsWith("Z");
}
