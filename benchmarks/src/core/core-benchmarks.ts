/** What the core costs: calls, maps, flows, memory, start-up. */
import type { Benchmark } from "../measurement.ts";
import { busyHistory } from "./busy-history.ts";
import { flowRuns } from "./flow-runs.ts";
import { flowTests } from "./flow-tests.ts";
import { maps } from "./maps.ts";
import { memoryPerTask } from "./memory-per-task.ts";
import { pluginImports } from "./plugin-imports.ts";
import { startUp } from "./start-up.ts";
import { taskCalls } from "./task-calls.ts";

export const coreBenchmarks: readonly Benchmark[] = [
  taskCalls,
  flowRuns,
  flowTests,
  maps,
  memoryPerTask,
  busyHistory,
  startUp,
  pluginImports,
];
