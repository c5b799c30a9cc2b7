/** Workers: they take the runs of a work pool and start infrastructure for them. */

export { type Connection, connectionOf } from "./connection.ts";
export type {
  BaseJobTemplate,
  Infrastructure,
  Job,
  JobEnd,
  RunningJob,
  StartOptions,
} from "./infrastructure.ts";
export { type JobVariables, jobConfiguration } from "./job-template.ts";
export {
  ProcessInfrastructure,
  type ProcessInfrastructureOptions,
} from "./process/process-infrastructure.ts";
export { Worker, type WorkerOptions } from "./worker.ts";
