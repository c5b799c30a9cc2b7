/** Acme as a place where tasks run. */
export { AcmeCluster } from "./acme-cluster.ts";
export { AcmeTaskRunner, type AcmeTaskRunnerOptions } from "./acme-task-runner.ts";
