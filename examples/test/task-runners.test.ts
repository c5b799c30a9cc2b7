/** The tests of write-a-task-runner.md. */
import { taskRunnerSuite } from "@sluice/core/testing";
import * as tasks from "@sluice/core/testing/task-runner-tasks";
import { OneProcessTaskRunner } from "../src/one-process/one-process-task-runner.ts";

taskRunnerSuite({
  name: "OneProcessTaskRunner",
  create: ({ limit }) => new OneProcessTaskRunner({ limit }),
  tasks,
});
