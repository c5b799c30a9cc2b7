/** What every `Infrastructure` does, whatever it starts. Its jobs need `sh`. */
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { Infrastructure, Job, JobEnd, RunningJob } from "../infrastructure.ts";

/** An infrastructure to test, and what its jobs need. */
export interface InfrastructureHarness {
  readonly infrastructure: Infrastructure;
  /** Members of every job's configuration, such as an image. */
  readonly configuration?: Readonly<Record<string, unknown>> | undefined;
  /** Another instance, as a worker has that was started anew. */
  readonly another: () => Infrastructure;
  readonly dispose?: (() => Promise<void>) | undefined;
}

export interface InfrastructureSuiteOptions {
  readonly name: string;
  /** A fresh infrastructure for each test. */
  readonly create: () => Promise<InfrastructureHarness>;
}

/** Registers the conformance tests of an infrastructure. */
export function infrastructureSuite({ name, create }: InfrastructureSuiteOptions): void {
  describe(`${name} is an infrastructure that`, () => {
    let harness: InfrastructureHarness;
    const started: RunningJob[] = [];

    beforeEach(async () => {
      harness = await create();
    });
    afterEach(async () => {
      for (const job of started.splice(0)) await job.stop({ graceMs: 0 });
      await harness.infrastructure.close();
      await harness.dispose?.();
    });

    /** Starts a script; what it writes is in `lines`. */
    const start = async (
      script: string,
      given: Partial<Job> = {},
    ): Promise<{ readonly job: RunningJob; readonly lines: string[] }> => {
      const lines: string[] = [];
      const job = await harness.infrastructure.start({
        name: "suite",
        command: ["sh", "-c", script],
        env: {},
        labels: {},
        configuration: { ...harness.configuration },
        onOutput: (line) => lines.push(line),
        ...given,
      });
      started.push(job);
      return { job, lines };
    };
    const isOver = (job: RunningJob): Promise<JobEnd | "runs"> =>
      Promise.race([job.ended, Promise.resolve("runs" as const)]);

    it("runs a command with its variables and tells what it writes, line by line", async () => {
      const { job, lines } = await start('echo "hello $WHO"; echo again; echo trouble >&2', {
        env: { WHO: "you" },
      });
      expect(await job.ended).toMatchObject({ exitCode: 0 });
      expect(lines.toSorted()).toEqual(["again", "hello you", "trouble"]);
    });

    it("tells the exit code, in words too", async () => {
      const { job } = await start("exit 7");
      const end = await job.ended;
      expect(end.exitCode).toBe(7);
      expect(end.reason).toContain("7");
    });

    it("asks a job to end, and lets it", async () => {
      const { job, lines } = await start(
        "trap 'echo cleaned up; exit 3' TERM; echo ready; while :; do sleep 0.05; done",
      );
      await vi.waitFor(() => expect(lines).toContain("ready"), 20_000);
      await job.stop({ graceMs: 10_000 });
      expect(await job.ended).toMatchObject({ exitCode: 3 });
      expect(lines).toContain("cleaned up");
    });

    it("ends a job that does not end when it is asked to, with what it has started", async () => {
      const script = "trap '' TERM; echo ready; while :; do sleep 0.05; done";
      const { job, lines } = await start(`(${script}) & ${script}`);
      await vi.waitFor(() => expect(lines.filter((line) => line === "ready")).toHaveLength(2), 20_000);
      await job.stop({ graceMs: 100 });
      expect((await job.ended).exitCode).not.toBe(0);
    });

    it("stops a job that has ended already", async () => {
      const { job } = await start("exit 0");
      await job.ended;
      await job.stop({ graceMs: 0 });
      expect(await isOver(job)).toMatchObject({ exitCode: 0 });
    });

    it("finds a job that another instance started, and stops it", async () => {
      const { job, lines } = await start("echo ready; sleep 600");
      await vi.waitFor(() => expect(lines).toContain("ready"), 20_000);
      const other = harness.another();
      const found = await other.attach(job.identifier);
      expect(found?.identifier).toBe(job.identifier);
      await found?.stop({ graceMs: 1000 });
      await Promise.all([found?.ended, job.ended]);
      expect(await other.attach(job.identifier)).toBeUndefined();
      await other.close();
    });

    it("finds no job that has ended or that is not its own", async () => {
      const { job } = await start("exit 0");
      await job.ended;
      expect(await harness.infrastructure.attach(job.identifier)).toBeUndefined();
      expect(await harness.infrastructure.attach("elsewhere:1:1")).toBeUndefined();
      expect(await harness.infrastructure.attach("nonsense")).toBeUndefined();
    });

    it("says which program is missing", async () => {
      const outcome = start("", { command: ["no-such-program-of-anyone"] }).then(({ job }) => job.ended);
      await expect(outcome).rejects.toThrow("no-such-program-of-anyone");
    });

    it("starts nothing when it is told not to", async () => {
      const signal = AbortSignal.abort(new Error("not any more"));
      const job: Job = {
        name: "suite",
        command: ["sh", "-c", "exit 0"],
        env: {},
        labels: {},
        configuration: { ...harness.configuration },
        onOutput: () => undefined,
      };
      await expect(harness.infrastructure.start(job, { signal })).rejects.toThrow("not any more");
    });
  });
}
