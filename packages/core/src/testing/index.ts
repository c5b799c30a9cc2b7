/** Suites that implementations of core's interfaces pass. */
export { type NotifierHarness, type NotifierSuiteOptions, notifierSuite } from "./notifier-suite.ts";
