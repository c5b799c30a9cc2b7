/** The zod schemas of every object that is stored or sent, for the edges that parse unknown input. */
export { flowFilterSchema, flowRunFilterSchema, logFilterSchema, taskRunFilterSchema } from "./filters.ts";
export { flowCreateSchema, flowSchema } from "./flow.ts";
export {
  empiricalPolicySchema,
  flowRunCreateSchema,
  flowRunHeartbeatSchema,
  flowRunSchema,
  flowRunUpdateSchema,
} from "./flow-run.ts";
export { logCreateSchema, logSchema } from "./log.ts";
export { orchestrationResultSchema } from "./orchestration-result.ts";
export { flowQuerySchema, flowRunQuerySchema, logQuerySchema, taskRunQuerySchema } from "./queries.ts";
export { resultReferenceSchema } from "./result-reference.ts";
export { stateCreateSchema, stateDetailsSchema, stateSchema } from "./state.ts";
export { taskInputSchema, taskRunCreateSchema, taskRunRecordSchema, taskRunSchema } from "./task-run.ts";
