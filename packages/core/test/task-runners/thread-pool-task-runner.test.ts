import { ThreadPoolTaskRunner } from "../../src/task-runners/thread-pool-task-runner.ts";
import { taskRunnerSuite } from "../../src/testing/task-runner-suite.ts";
import * as tasks from "../../src/testing/task-runner-tasks.ts";

taskRunnerSuite({
  name: "ThreadPoolTaskRunner",
  create: (options) => new ThreadPoolTaskRunner(options),
  tasks,
});
