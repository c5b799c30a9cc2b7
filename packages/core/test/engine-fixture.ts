/** An engine with its history in memory and its home in a directory of the test's own. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { FlowRun, Log, OrchestrationApi, TaskRun } from "@sluice/protocol";
import { it } from "vitest";
import { closeEngines, openEngine } from "../src/api/connect.ts";
import type { EngineServices } from "../src/runtime/engine-services.ts";
import { currentSettings, temporarySettings } from "../src/settings/current-settings.ts";
import type { SettingOverrides } from "../src/settings/settings.ts";

/** What a test sees of the engine that its flows run in. */
export interface TestEngine {
  readonly api: OrchestrationApi;
  readonly services: EngineServices;
  /** Directory of this test alone. */
  readonly home: string;
  /** Brings everything recorded so far into the history. */
  flush(): Promise<void>;
  /** Flow runs of one flow, oldest first. */
  flowRuns(flowName?: string): Promise<FlowRun[]>;
  /** Task runs of one name or name prefix, oldest first; all without one. */
  taskRuns(name?: string): Promise<TaskRun[]>;
  /** The one task run of this name or name prefix. */
  taskRun(name: string): Promise<TaskRun>;
  /** Names of the states that a run had, oldest first. */
  stateNames(run: TaskRun | FlowRun): Promise<string[]>;
  /** Log lines of all runs, oldest first. */
  logs(): Promise<Log[]>;
}

type EngineTest = (engine: TestEngine) => Promise<void>;

/** A test whose flows run in an engine of their own, closed at its end. */
export function engineTest(
  behaviour: string,
  body: EngineTest,
  options: { readonly settings?: SettingOverrides; readonly timeoutMs?: number } = {},
): void {
  it(behaviour, () => inEngine(body, options.settings), options.timeoutMs);
}

/** Runs `body` with an engine of its own. */
export async function inEngine(body: EngineTest, settings: SettingOverrides = {}): Promise<void> {
  const home = await mkdtemp(join(tmpdir(), "sluice-engine-"));
  const overrides: SettingOverrides = {
    home,
    "history.mode": "memory",
    "logging.to_terminal": false,
    "flows.cancel_grace_seconds": 0.05,
    ...settings,
  };
  try {
    await temporarySettings(overrides, async () =>
      body(testEngine(await openEngine(currentSettings()), home)),
    );
  } finally {
    await closeEngines();
    await rm(home, { recursive: true, force: true });
  }
}

function testEngine(services: EngineServices, home: string): TestEngine {
  const { api } = services;
  const flush = (): Promise<void> => services.recorder.flush();
  const taskRuns = async (name = ""): Promise<TaskRun[]> => {
    await flush();
    const runs: TaskRun[] = [];
    for (let offset = 0; offset % 200 === 0; offset = runs.length) {
      const page = await api.taskRuns.filter({ limit: 200, offset, sort: "ID_DESC" });
      if (page.length === 0) break;
      runs.push(...page);
    }
    return runs.filter((run) => run.name.startsWith(name)).reverse();
  };
  const flowRuns = async (flowName?: string): Promise<FlowRun[]> => {
    const flows = flowName === undefined ? null : { name: { any_: [flowName] } };
    return (await api.flowRuns.filter({ flows, sort: "ID_DESC" })).reverse();
  };
  return {
    api,
    services,
    home,
    flush,
    flowRuns,
    taskRuns,
    taskRun: async (name) => only(await taskRuns(name), name),
    stateNames: async (run) => {
      await flush();
      const states = "flow_id" in run ? await api.flowRuns.states(run.id) : await api.taskRuns.states(run.id);
      return states.map((state) => state.name);
    },
    logs: async () => {
      await flush();
      return api.logs.filter({ sort: "TIMESTAMP_ASC" });
    },
  };
}

function only<T>(items: readonly T[], name: string): T {
  const [first] = items;
  if (first === undefined || items.length !== 1) {
    throw new Error(`${items.length} runs are named ${name}…, not one.`);
  }
  return first;
}

/** A promise with its handles outside. */
export function deferred<T = void>(): {
  readonly promise: Promise<T>;
  resolve(value: T): void;
  reject(error: unknown): void;
} {
  let resolve: (value: T) => void = () => undefined;
  let reject: (error: unknown) => void = () => undefined;
  const promise = new Promise<T>((onValue, onError) => {
    resolve = onValue;
    reject = onError;
  });
  return { promise, resolve, reject };
}

/** A promise that never settles, for code that ignores its signal. */
export function never(): Promise<never> {
  return new Promise<never>(() => undefined);
}

/** Rejects with the signal's reason when it aborts: code that heeds its signal. */
export function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise<never>((_, reject) => {
    if (signal.aborted) reject(signal.reason);
    else signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}

/** Lets the event loop turn a few times. */
export async function turns(count = 3): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
