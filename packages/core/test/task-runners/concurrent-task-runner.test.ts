import { ConcurrentTaskRunner, SequentialTaskRunner } from "../../src/task-runners/concurrent-task-runner.ts";
import { taskRunnerSuite } from "../../src/testing/task-runner-suite.ts";
import * as tasks from "../../src/testing/task-runner-tasks.ts";

taskRunnerSuite({
  name: "ConcurrentTaskRunner",
  create: (options) => new ConcurrentTaskRunner(options),
  tasks,
});
taskRunnerSuite({
  name: "SequentialTaskRunner",
  create: () => new SequentialTaskRunner(),
  tasks,
  greatestLimit: 1,
});
