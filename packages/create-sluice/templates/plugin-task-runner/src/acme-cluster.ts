/** Where the cluster is, saved under a name. */
import { Block } from "@sluice/core/blocks";
import { z } from "zod";
import { AcmeTaskRunner } from "./acme-task-runner.ts";

/** What flows need to know of a cluster: `(await AcmeCluster.load("prod")).taskRunner()`. */
export class AcmeCluster extends Block.define({
  slug: "acme-cluster",
  name: "Acme Cluster",
  description: "A cluster of Acme on which tasks run.",
  schema: z.object({ limit: z.int().positive().default(8).describe("How many tasks run at a time.") }),
}) {
  /** A task runner for flows: `flow({ name, taskRunner }, …)`. */
  taskRunner(): AcmeTaskRunner {
    return new AcmeTaskRunner({ limit: this.limit });
  }
}
