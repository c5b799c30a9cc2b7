/** From a work pool's template, a deployment and a run to a job. */
import { type Deployment, type FlowRun, InvalidRequestError, type WorkPool } from "@sluice/protocol";
import { z } from "zod";
import type { BaseJobTemplate, Job } from "./infrastructure.ts";
import { jobCommand } from "./job-command.ts";
import { jobConfiguration } from "./job-template.ts";
import { CLAIM_VARIABLE, PREFECT_RUN_VARIABLE, RUN_VARIABLE } from "./run-variables.ts";

export interface JobParts {
  readonly run: FlowRun;
  readonly deployment: Deployment;
  readonly pool: WorkPool;
  /** Id of the state that the run was claimed with. */
  readonly claimId: string;
  /** Of the infrastructure: for pools that have none. */
  readonly defaultTemplate: BaseJobTemplate;
  /** Where the server is and who calls it. */
  readonly connection: Readonly<Record<string, string>>;
}

/** What the templates of all kinds of pools have. Null is nothing. */
const commonSchema = z.object({
  name: z.string().nullish(),
  command: z.string().nullish(),
  env: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])).nullish(),
  labels: z.record(z.string(), z.string()).nullish(),
  stream_output: z.boolean().nullish(),
});

export type JobWithoutOutput = Omit<Job, "onOutput"> & {
  /** Whether the worker shows what the job writes. */
  readonly isShown: boolean;
};

/** @throws {InvalidRequestError} that names the variable which is missing or wrong. */
export function makeJob(parts: JobParts): JobWithoutOutput {
  const { run, deployment, pool, claimId, connection } = parts;
  const hasTemplate = Object.keys(pool.base_job_template).length > 0;
  const configuration = jobConfiguration({
    template: hasTemplate ? pool.base_job_template : { ...parts.defaultTemplate },
    deployment: deployment.job_variables,
    run: run.job_variables ?? {},
  });
  const common = commonSchema.safeParse(configuration);
  if (!common.success) {
    throw new InvalidRequestError(
      `The job variables do not fit: ${z.prettifyError(common.error).replaceAll(/\s+/g, " ")}. Correct those of the deployment "${deployment.name}" or of the work pool "${pool.name}".`,
    );
  }
  const { name, command, env, labels, stream_output: isShown } = common.data;
  return {
    name: name ?? run.name,
    command: jobCommand(command ?? undefined, deployment.entrypoint),
    env: {
      ...connection,
      ...textsOf(env ?? {}),
      [RUN_VARIABLE]: run.id,
      [PREFECT_RUN_VARIABLE]: run.id,
      [CLAIM_VARIABLE]: claimId,
    },
    labels: labels ?? {},
    configuration,
    isShown: isShown ?? true,
  };
}

function textsOf(env: Readonly<Record<string, string | number | boolean | null>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(env).flatMap(([name, value]) => (value === null ? [] : [[name, String(value)]])),
  );
}
