/** The zod schemas of every object that is stored or sent, for the edges that parse unknown input. */

export { artifactSchema } from "./artifact.ts";
export { blockDocumentSchema, nestedBlockDocumentSchema } from "./block-document.ts";
export { blockSchemaSchema } from "./block-schema.ts";
export { blockTypeSchema } from "./block-type.ts";
export {
  concurrencyHolderSchema,
  concurrencyLeaseSchema,
  concurrencyLimitCreateSchema,
  concurrencyLimitSchema,
  concurrencyLimitUpdateSchema,
  globalConcurrencyLimitSchema,
  leasedSlotRequestSchema,
  leasedSlotsSchema,
  leaseRenewalSchema,
  leaseReturnSchema,
  limitReferenceSchema,
  slotRequestSchema,
  slotReturnSchema,
} from "./concurrency-limit.ts";
export {
  actorSchema,
  concurrencyOptionsSchema,
  deploymentScheduleSchema,
  deploymentSchema,
} from "./deployment.ts";
export { eventSchema, receivedEventSchema } from "./event.ts";
export { eventFilterSchema } from "./event-filter.ts";
export {
  eventCountQuerySchema,
  eventCountSchema,
  eventPageSchema,
  eventQuerySchema,
} from "./event-queries.ts";
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
export {
  flowQuerySchema,
  flowRunQuerySchema,
  logQuerySchema,
  pageQuerySchema,
  taskRunQuerySchema,
} from "./queries.ts";
export { resultReferenceSchema } from "./result-reference.ts";
export { ROUTE_SCHEMAS, type RouteSchema } from "./route-schemas.ts";
export { savedSearchCreateSchema, savedSearchSchema } from "./saved-search.ts";
export { scheduleCreateSchema, scheduleSchema } from "./schedule.ts";
export { stateCreateSchema, stateDetailsSchema, stateSchema } from "./state.ts";
export {
  tagLimitCreateSchema,
  tagLimitResetSchema,
  tagLimitSchema,
  tagSlotRequestSchema,
} from "./tag-limit.ts";
export { taskInputSchema, taskRunCreateSchema, taskRunRecordSchema, taskRunSchema } from "./task-run.ts";
export { receivedTimestampSchema } from "./timestamp.ts";
export { variableSchema } from "./variable.ts";
export {
  workerFlowRunSchema,
  workerHeartbeatSchema,
  workerSchema,
  workPoolCreateSchema,
  workPoolPollSchema,
  workPoolSchema,
  workPoolUpdateSchema,
  workQueueCreateSchema,
  workQueueSchema,
  workQueueUpdateSchema,
} from "./work-pool.ts";
export { workerQuerySchema, workPoolQuerySchema, workQueueQuerySchema } from "./work-pool-queries.ts";
