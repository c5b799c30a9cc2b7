/** Suites for those who implement the interfaces of this package. */
export {
  type InfrastructureHarness,
  type InfrastructureSuiteOptions,
  infrastructureSuite,
} from "./infrastructure-suite.ts";
