/** The templates that work pools of the known types begin with. */
import type { WorkerType } from "./worker-type.ts";
import { WORKER_TYPES } from "./worker-types.ts";

/** Type of worker → the base job template of its pools. */
export function defaultJobTemplates(): ReadonlyMap<string, WorkerType["default_base_job_configuration"]> {
  return new Map(
    Object.values(WORKER_TYPES)
      .flatMap((types) => Object.entries(types))
      .map(([type, known]) => [type, known.default_base_job_configuration]),
  );
}
