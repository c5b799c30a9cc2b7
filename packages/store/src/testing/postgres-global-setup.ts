/** Set-up of a test run (vitest's `globalSetup`): one server for all test files, with a template of an empty history. */
import type { TestProject } from "vitest/node";
import { postgresStore } from "../postgres-store.ts";
import { type PostgresCluster, startPostgres } from "./postgres-cluster.ts";

/** New databases of tests are copies of this one. */
const TEMPLATE_DATABASE = "sluice_template";

let cluster: PostgresCluster | undefined;

/** Tests find the server by `sluicePostgresUrl`; without one they are told so by the empty text. */
export async function setup(project: TestProject): Promise<void> {
  cluster = await startPostgres();
  project.provide("sluicePostgresUrl", cluster?.urlOf("postgres") ?? "");
  if (cluster === undefined) return;
  try {
    await cluster.run(`CREATE DATABASE ${TEMPLATE_DATABASE}`);
    await (await postgresStore({ url: cluster.urlOf(TEMPLATE_DATABASE) })).close();
  } catch (error) {
    await cluster.remove();
    throw error;
  }
}

export async function teardown(): Promise<void> {
  await cluster?.remove();
}
