import { ProcessPoolTaskRunner } from "../../src/task-runners/process-pool-task-runner.ts";
import { taskRunnerSuite } from "../../src/testing/task-runner-suite.ts";
import * as tasks from "../../src/testing/task-runner-tasks.ts";

taskRunnerSuite({
  name: "ProcessPoolTaskRunner",
  create: (options) => new ProcessPoolTaskRunner(options),
  tasks,
});
