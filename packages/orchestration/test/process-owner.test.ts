import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { describe, expect, it, vi } from "vitest";
import { currentOwner, isOwnerAlive, processOwner } from "../src/process-owner.ts";

describe("the owner of runs", () => {
  it("is this process, which is alive, and the same at every call", () => {
    const owner = currentOwner();
    expect(owner.pid).toBe(process.pid);
    expect(currentOwner()).toEqual(owner);
    expect(isOwnerAlive(owner)).toBe(true);
  });

  it("is not known to be alive or dead on another host", () => {
    expect(isOwnerAlive({ ...currentOwner(), host: "elsewhere.example" })).toBeUndefined();
  });

  it("is dead when its process has ended", async () => {
    const child = spawnSync(process.execPath, ["-e", ""]);
    expect(isOwnerAlive({ ...currentOwner(), pid: child.pid })).toBe(false);
  });

  it("is dead as soon as it is killed, whether or not its parent has noticed", async () => {
    const child = spawn(process.execPath, ["-e", "setInterval(() => undefined, 1000)"], { stdio: "ignore" });
    const exited = once(child, "exit");
    await once(child, "spawn");
    const owner = processOwner(child.pid ?? 0);
    expect(isOwnerAlive(owner)).toBe(true);
    child.kill("SIGKILL");
    await vi.waitFor(() => expect(isOwnerAlive(owner)).toBe(false));
    await exited;
  });

  it.skipIf(process.platform !== "linux")("is dead when another process has its id", () => {
    const owner = currentOwner();
    expect(isOwnerAlive({ ...owner, process_started_at: owner.process_started_at - 60_000 })).toBe(false);
  });

  it.each([0, -1, 1.5, Number.NaN])("is dead with the id %d, which no process has", (pid) => {
    expect(isOwnerAlive({ ...currentOwner(), pid })).toBe(false);
  });
});
