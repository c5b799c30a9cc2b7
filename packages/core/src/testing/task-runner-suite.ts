/** What every `TaskRunner` does, wherever its tasks run. */
import { describe } from "vitest";
import { contextTests } from "./task-runner/context-cases.ts";
import { nestingTests, orderTests } from "./task-runner/order-cases.ts";
import { resultTests, runTests } from "./task-runner/run-cases.ts";
import { sessionTests, stopTests } from "./task-runner/stop-cases.ts";
import type { TaskRunnerSuiteOptions } from "./task-runner/suite-options.ts";
import { refusalTests, valueTests } from "./task-runner/value-cases.ts";

export type { TaskRunnerSuiteOptions };

/** Registers the conformance tests of a task runner. */
export function taskRunnerSuite(options: TaskRunnerSuiteOptions): void {
  const { isInProcess } = options.create({ limit: 1 }).capabilities;
  describe(`${options.name} as a task runner`, () => {
    describe("values and errors", () => valueTests(options));
    describe("order", () => orderTests(options));
    describe("the life of a task run", () => runTests(options));
    describe("what a task knows and tells", () => contextTests(options));
    describe("stopping", () => stopTests(options));
    describe("tasks inside tasks", () => nestingTests(options));
    describe("persisted results", () => resultTests(options));
    describe.skipIf(isInProcess)("what cannot leave the process", () => refusalTests(options));
    describe("sessions", () => sessionTests(options));
  });
}
