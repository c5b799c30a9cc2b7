import { blockSuite, taskRunnerSuite } from "@sluice/core/testing";
import * as tasks from "@sluice/core/testing/task-runner-tasks";
import { AcmeCluster, AcmeTaskRunner } from "../src/index.ts";

blockSuite({ type: AcmeCluster, sample: { limit: 4 } });

taskRunnerSuite({ name: "AcmeTaskRunner", create: ({ limit }) => new AcmeTaskRunner({ limit }), tasks });
