/** Suites that implementations of core's interfaces pass, and the harness for tests of flows. */
export { type BlockSuiteOptions, blockSuite } from "./block-suite.ts";
export type { SampleFile } from "./file-system/sample-files.ts";
export type { FileSystemTroubles } from "./file-system/trouble-cases.ts";
export {
  type FileSystemSuiteOptions,
  fileSystemSuite,
  type ReadOnlyFileSystemSuiteOptions,
  type WritableFileSystemSuiteOptions,
} from "./file-system-suite.ts";
export {
  type FlowHarness,
  type FlowHarnessOptions,
  type FlowTestRun,
  flowHarness,
  type TestClock,
  type TestedTaskRun,
} from "./harness/index.ts";
export { type LockManagerSuiteOptions, lockManagerSuite } from "./lock-manager-suite.ts";
export { type NotifierHarness, type NotifierSuiteOptions, notifierSuite } from "./notifier-suite.ts";
export { type SerializerSuiteOptions, serializerSuite } from "./serializer-suite.ts";
export { type TaskRunnerSuiteOptions, taskRunnerSuite } from "./task-runner-suite.ts";
