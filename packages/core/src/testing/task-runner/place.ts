/** Where the tests of a task runner run their flows: history in memory, a directory of their own. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Log, TaskRun } from "@sluice/protocol";
import { closeEngines, openEngine } from "../../api/connect.ts";
import { currentSettings, temporarySettings } from "../../settings/current-settings.ts";

export interface TaskRunnerPlace {
  /** Path of a file of this test. */
  path(name: string): string;
  /** Every task run of this test, oldest first. */
  taskRuns(): Promise<TaskRun[]>;
  /** What of them is in the history already. */
  recordedTaskRuns(): Promise<TaskRun[]>;
  /** The one task run whose name begins so. */
  taskRun(name: string): Promise<TaskRun>;
  /** Names of the states that a task run had, oldest first. */
  stateNames(run: TaskRun): Promise<string[]>;
  /** The log of a task run, oldest first. */
  logs(run: TaskRun): Promise<Log[]>;
}

/** Runs a test in a place of its own. */
export async function inTaskRunnerPlace(body: (place: TaskRunnerPlace) => Promise<void>): Promise<void> {
  const home = await mkdtemp(join(tmpdir(), "sluice-task-runner-"));
  const overrides = {
    home,
    "history.mode": "memory",
    "logging.to_terminal": false,
    "flows.cancel_grace_seconds": 2,
  } as const;
  try {
    await temporarySettings(overrides, async () => body(await placeAt(home)));
  } finally {
    await closeEngines();
    await rm(home, { recursive: true, force: true });
  }
}

async function placeAt(home: string): Promise<TaskRunnerPlace> {
  const { api, recorder } = await openEngine(currentSettings());
  const recordedTaskRuns = async (): Promise<TaskRun[]> => {
    const runs: TaskRun[] = [];
    for (let isLast = false; !isLast; ) {
      const page = await api.taskRuns.filter({ limit: 200, offset: runs.length, sort: "ID_DESC" });
      runs.push(...page);
      isLast = page.length < 200;
    }
    return runs.reverse();
  };
  const taskRuns = async (): Promise<TaskRun[]> => {
    await recorder.flush();
    return recordedTaskRuns();
  };
  return {
    path: (name) => join(home, name),
    taskRuns,
    recordedTaskRuns,
    async taskRun(name) {
      const runs = (await taskRuns()).filter((run) => run.name.startsWith(name));
      const [first] = runs;
      if (first === undefined || runs.length > 1) {
        throw new Error(`${runs.length} task runs, not one, have a name that begins with ${name}.`);
      }
      return first;
    },
    async stateNames(run) {
      await recorder.flush();
      return (await api.taskRuns.states(run.id)).map(({ name }) => name);
    },
    async logs(run) {
      await recorder.flush();
      return api.logs.filter({ logs: { task_run_id: { any_: [run.id] } }, sort: "TIMESTAMP_ASC" });
    },
  };
}
