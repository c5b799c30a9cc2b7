/** Where flow runs run: the interface of processes, containers and jobs of clusters. */

/** What is started for one flow run. */
export interface Job {
  /** For people. */
  readonly name: string;
  /** Program and arguments; without one, this infrastructure's own way to execute a flow run of Sluice. */
  readonly command: readonly string[] | undefined;
  readonly env: Readonly<Record<string, string>>;
  /** Shown where the infrastructure has labels. */
  readonly labels: Readonly<Record<string, string>>;
  /** What the pool's template makes of the variables of deployment and run; each kind has members of its own. */
  readonly configuration: Readonly<Record<string, unknown>>;
  /** Called with every line that the job writes. */
  readonly onOutput: (line: string, stream: "stdout" | "stderr") => void;
}

/** How a job ended. */
export interface JobEnd {
  /** `null` when a signal ended it, or nobody knows. */
  readonly exitCode: number | null;
  /** For people, as the end of a sentence: `exit code 1`, `out of memory`. */
  readonly reason: string;
}

export interface RunningJob {
  /** By which `attach` finds it, also from another process; recorded with the run as `infrastructure_pid`. */
  readonly identifier: string;
  /** Resolves when it has ended and its output was told; never rejects. */
  readonly ended: Promise<JobEnd>;
  /** Asks it to end and, after the grace time, ends it with all that it started; resolves when it has ended. */
  stop(options: { readonly graceMs: number }): Promise<void>;
}

export interface StartOptions {
  /** Gives up starting. */
  readonly signal?: AbortSignal | undefined;
}

/** The template that a pool of this kind gets: a job with placeholders, and the JSON Schema of the variables. */
export interface BaseJobTemplate {
  readonly job_configuration: Readonly<Record<string, unknown>>;
  readonly variables: Readonly<Record<string, unknown>>;
}

/** A kind of infrastructure. Its conformance suite is `infrastructureSuite` of `@sluice/worker/testing`. */
export interface Infrastructure {
  /** The type of the work pools that it serves, such as `process`. */
  readonly type: string;
  readonly baseJobTemplate: BaseJobTemplate;
  /**
   * Resolves when the job runs.
   * @throws {InvalidRequestError} when the job cannot be started as it is: no such program, directory, image, …
   */
  start(job: Job, options?: StartOptions): Promise<RunningJob>;
  /** A job that somebody else started and that still runs; `undefined` when it is gone or not of this infrastructure. */
  attach(identifier: string): Promise<RunningJob | undefined>;
  /** Frees what is held for later jobs. Jobs that run go on. */
  close(): Promise<void>;
}
