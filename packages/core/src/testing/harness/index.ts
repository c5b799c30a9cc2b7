/** `@sluice/core/testing/harness`: the harness for flow tests, for any test runner. */
export { type FlowHarness, type FlowHarnessOptions, flowHarness } from "./flow-harness.ts";
export type { FlowTestRun, TestedTaskRun } from "./flow-test-run.ts";
export type { TestClock } from "./test-clock.ts";
