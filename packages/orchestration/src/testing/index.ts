/** Suites for those who implement the interfaces of this package. */
export { type StoreSuiteOptions, storeSuite } from "./store-suite.ts";
