/** Flow runs as processes of this machine. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { statSync } from "node:fs";
import { hostname } from "node:os";
import { resolve } from "node:path";
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
    const directory = workingDirectory(job);
    const child =
      job.command === undefined
        ? await this.#runProcesses.start({ env: job.env, directory })
        : await startCommand(job, job.command, directory);
    const running = new ProcessJob(child, job.onOutput, processIdentifier(child.pid));
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

function workingDirectory({ name, configuration }: Job): string {
  const { data } = configurationSchema.safeParse(configuration);
  if (data === undefined) {
    throw new InvalidRequestError(
      `The job "${name}" cannot be started: working_dir must be text, the path of a directory.`,
    );
  }
  const directory = resolve(data.working_dir ?? ".");
  if (statSync(directory, { throwIfNoEntry: false })?.isDirectory()) return directory;
  throw new InvalidRequestError(
    `The job "${name}" cannot be started: its working directory ${directory} is not there on ${hostname()}. Correct the job variable working_dir.`,
  );
}

async function startCommand(job: Job, command: readonly string[], cwd: string): Promise<ChildProcess> {
  const [program, ...args] = command;
  if (program === undefined || program === "") {
    throw new InvalidRequestError(`The job "${job.name}" cannot be started: its command is empty.`);
  }
  const child = spawn(program, args, {
    cwd,
    env: { ...process.env, ...job.env },
    detached: hasOwnGroup,
    stdio: ["ignore", "pipe", "pipe"],
    windowsHide: true,
  });
  try {
    await once(child, "spawn");
    return child;
  } catch (cause) {
    const isMissing = cause instanceof Error && "code" in cause && cause.code === "ENOENT";
    throw new InvalidRequestError(
      `The job "${job.name}" cannot be started: ${isMissing ? `there is no program "${program}" on ${hostname()}` : String(cause)}. Correct the job variable command.`,
      { cause },
    );
  }
}
