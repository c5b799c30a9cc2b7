/** The zod schemas of every object that is stored or sent, for the edges that parse unknown input. */

export { artifactSchema } from "./artifact.ts";
export {
  concurrencyHolderSchema,
  concurrencyLeaseSchema,
  concurrencyLimitSchema,
} from "./concurrency-limit.ts";
export {
  actorSchema,
  concurrencyOptionsSchema,
  deploymentScheduleSchema,
  deploymentSchema,
} from "./deployment.ts";
export { eventSchema, receivedEventSchema } from "./event.ts";
export { flowFilterSchema, flowRunFilterSchema, logFilterSchema, taskRunFilterSchema } from "./filters.ts";
export { flowCreateSchema, flowSchema } from "./flow.ts";
export {
  empiricalPolicySchema,
  flowRunCreateSchema,
  flowRunHeartbeatSchema,
  flowRunSchema,
  flowRunUpdateSchema,
} from "./flow-run.ts";
export { flowRunInputSchema } from "./flow-run-input.ts";
export { logCreateSchema, logSchema } from "./log.ts";
export { orchestrationResultSchema } from "./orchestration-result.ts";
export { flowQuerySchema, flowRunQuerySchema, logQuerySchema, taskRunQuerySchema } from "./queries.ts";
export { resultReferenceSchema } from "./result-reference.ts";
export { ROUTE_SCHEMAS, type RouteSchema } from "./route-schemas.ts";
export { scheduleCreateSchema, scheduleSchema } from "./schedule.ts";
export { stateCreateSchema, stateDetailsSchema, stateSchema } from "./state.ts";
export { taskInputSchema, taskRunCreateSchema, taskRunRecordSchema, taskRunSchema } from "./task-run.ts";
export { receivedTimestampSchema } from "./timestamp.ts";
export { variableSchema } from "./variable.ts";
export { workerSchema, workPoolSchema, workQueueSchema } from "./work-pool.ts";
