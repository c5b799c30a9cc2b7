/** Flow runs as processes of this machine. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { statSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { hasOwnGroup } from "@sluice/core";
import { InvalidRequestError } from "@sluice/protocol";
import { z } from "zod";
import type { BaseJobTemplate, Infrastructure, Job, RunningJob, StartOptions } from "../infrastructure.ts";
import { attachedProcess, processIdentifier } from "./attached-process.ts";
import { ProcessJob } from "./process-job.ts";
import { PROCESS_JOB_TEMPLATE } from "./process-job-template.ts";
import { RunProcesses } from "./run-processes.ts";

export interface ProcessInfrastructureOptions {
  /** What flow runs of Sluice are started with, beside the environment of this process and that of their job. */
  readonly env?: Readonly<Record<string, string>>;
  /** How many processes are started before there are runs for them; each takes one run. Default 0. */
  readonly warmProcesses?: number;
}

const configurationSchema = z.object({ working_dir: z.string().nullish() });

/**
 * Starts a process for each run, at the head of a group of its own. Processes go on when the one that started them ends;
 * `attach` finds them.
 */
export class ProcessInfrastructure implements Infrastructure {
  readonly type = "process";
  readonly baseJobTemplate: BaseJobTemplate = PROCESS_JOB_TEMPLATE;
  readonly #runProcesses: RunProcesses;

  constructor({ env = {}, warmProcesses = 0 }: ProcessInfrastructureOptions = {}) {
    this.#runProcesses = new RunProcesses({ env, warm: warmProcesses });
  }

  async start(job: Job, { signal }: StartOptions = {}): Promise<RunningJob> {
    signal?.throwIfAborted();
    const given = givenDirectory(job);
    const running =
      job.command === undefined
        ? runningJob(await this.#runProcesses.start({ env: job.env, directory: given ?? process.cwd() }), job)
        : await startCommand(job, job.command, given);
    if (signal?.aborted) {
      await running.stop({ graceMs: 0 });
      signal.throwIfAborted();
    }
    return running;
  }

  attach(identifier: string): Promise<RunningJob | undefined> {
    return Promise.resolve(attachedProcess(identifier));
  }

  close(): Promise<void> {
    return this.#runProcesses.close();
  }
}

function givenDirectory({ name, configuration }: Job): string | undefined {
  const { data } = configurationSchema.safeParse(configuration);
  if (data === undefined) {
    throw new InvalidRequestError(
      `The job "${name}" cannot be started: working_dir must be text, the path of a directory.`,
    );
  }
  if (data.working_dir === null || data.working_dir === undefined) return undefined;
  const directory = resolve(data.working_dir);
  if (statSync(directory, { throwIfNoEntry: false })?.isDirectory()) return directory;
  throw new InvalidRequestError(
    `The job "${name}" cannot be started: its working directory ${directory} is not there on ${hostname()}. Correct the job variable working_dir.`,
  );
}

function runningJob(child: ChildProcess, { onOutput }: Job): RunningJob {
  return new ProcessJob(child, onOutput, processIdentifier(child.pid));
}

/** Without a directory given it gets one of its own: Prefect copies the code of a deployment to where it begins. */
async function startCommand(
  job: Job,
  command: readonly string[],
  given: string | undefined,
): Promise<RunningJob> {
  const [program, ...args] = command;
  if (program === undefined || program === "") {
    throw new InvalidRequestError(`The job "${job.name}" cannot be started: its command is empty.`);
  }
  const cwd = given ?? (await mkdtemp(join(tmpdir(), "sluice-job-")));
  const removeOwn = async (): Promise<void> => {
    // What still holds it open has left the job's processes; the system empties its temporary directory.
    if (given === undefined) await rm(cwd, { recursive: true, force: true }).catch(() => undefined);
  };
  const child = spawn(program, args, {
    cwd,
    env: { ...process.env, ...job.env },
    detached: hasOwnGroup,
    stdio: ["ignore", "pipe", "pipe"],
    windowsHide: true,
  });
  try {
    await once(child, "spawn");
  } catch (cause) {
    await removeOwn();
    const isMissing = cause instanceof Error && "code" in cause && cause.code === "ENOENT";
    throw new InvalidRequestError(
      `The job "${job.name}" cannot be started: ${isMissing ? `there is no program "${program}" on ${hostname()}` : String(cause)}. Correct the job variable command.`,
      { cause },
    );
  }
  const running = runningJob(child, job);
  void running.ended.then(removeOwn);
  return running;
}
