import { existsSync } from "node:fs";
import { mkdtemp, realpath, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findProcess } from "@sluice/core";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { type Job, ProcessInfrastructure } from "../src/index.ts";
import { infrastructureSuite } from "../src/testing/index.ts";

infrastructureSuite({
  name: "ProcessInfrastructure",
  create: async () => ({
    infrastructure: new ProcessInfrastructure(),
    another: () => new ProcessInfrastructure(),
  }),
});

const job: Job = {
  name: "report",
  command: ["sh", "-c", "pwd"],
  env: {},
  labels: {},
  configuration: {},
  onOutput: () => undefined,
};

describe("a process of a run", () => {
  it("begins in the working directory of its job", async () => {
    const directory = await realpath(await mkdtemp(join(tmpdir(), "sluice-job-")));
    onTestFinished(() => rm(directory, { recursive: true }));
    const lines: string[] = [];
    const running = await new ProcessInfrastructure().start({
      ...job,
      configuration: { working_dir: directory },
      onOutput: (line) => lines.push(line),
    });
    await running.ended;
    expect(lines).toEqual([directory]);
  });

  it("begins in a directory of its own, removed afterwards, when it has a command and no directory", async () => {
    const lines: string[] = [];
    const running = await new ProcessInfrastructure().start({
      ...job,
      command: ["sh", "-c", "pwd; touch left-behind"],
      onOutput: (line) => lines.push(line),
    });
    await running.ended;
    const [directory = ""] = lines;
    expect(directory).not.toBe(process.cwd());
    await vi.waitFor(() => expect(existsSync(directory)).toBe(false));
  });

  it("is not started in a directory that is not there", async () => {
    const configuration = { working_dir: "/no/such/directory" };
    await expect(new ProcessInfrastructure().start({ ...job, configuration })).rejects.toThrow(
      /job "report".+\/no\/such\/directory is not there/,
    );
  });

  it("is ended with what it left in the background", async () => {
    const lines: string[] = [];
    const running = await new ProcessInfrastructure().start({
      ...job,
      command: ["sh", "-c", "sleep 600 & echo $!"],
      onOutput: (line) => lines.push(line),
    });
    expect(await running.ended).toMatchObject({ exitCode: 0 });
    expect(findProcess(Number(lines[0]))).toBeUndefined();
  });
});
