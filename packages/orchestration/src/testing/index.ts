/** Suites for those who implement the interfaces of this package. */

export { type OrchestrationApiSuiteOptions, orchestrationApiSuite } from "./orchestration-api-suite.ts";
export { makeFlowRun } from "./store/fixtures.ts";
export { type StoreSuiteOptions, storeSuite } from "./store-suite.ts";
