/** Runs flows in tests: history, results and blocks in memory, and a clock that does not wait. */
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LocalApi, MemoryStore } from "@sluice/orchestration";
import { newId, type OrchestrationApi, SluiceError } from "@sluice/protocol";
import { closeEngine, openEngine } from "../../api/connect.ts";
import { runWithBlocks } from "../../blocks/given-blocks.ts";
import { MemoryFileSystem } from "../../filesystems/memory-file-system.ts";
import type { Flow, FlowArguments } from "../../flows/flow.ts";
import { runFlow } from "../../flows/run-flow-call.ts";
import type { LogRecord } from "../../logging/log-record.ts";
import type { EngineServices } from "../../runtime/engine-services.ts";
import { runWithSettings, type TemporarySettings } from "../../settings/current-settings.ts";
import { loadSettings } from "../../settings/load-settings.ts";
import type { SettingOverrides } from "../../settings/settings.ts";
import { SETTING_KEYS } from "../../settings/settings-schema.ts";
import { FakeClock } from "./fake-clock.ts";
import { type FlowTestRun, flowTestRun } from "./flow-test-run.ts";
import { RealClock, type TestClock } from "./test-clock.ts";

export interface FlowHarnessOptions {
  /**
   * `fake` (default): retries, schedules and `sleep()` take no time, and limits are met as the clock goes on. `real`: for
   * code that waits for something else than the engine, with limits that it should not meet.
   */
  readonly clock?: "fake" | "real" | undefined;
  /** What a fake clock shows in the beginning. Default: now. */
  readonly now?: Date | undefined;
  /** Settings that the flows run under. Those of the process, its environment and profiles do not count. */
  readonly settings?: SettingOverrides | undefined;
}

/** Where flows of one test run. Tests that run at the same time each have their own and see nothing of each other. */
export interface FlowHarness extends AsyncDisposable {
  /** Runs the flow to its end, however it ends. */
  run<P, R>(flow: Flow<P, R>, ...args: FlowArguments<P>): Promise<FlowTestRun<R>>;
  /** Runs other code as the flows run: a task alone, blocks that are saved or loaded, `openHistory()`. */
  within<T>(work: () => T): T;
  readonly clock: TestClock;
  /**
   * Blocks by reference, found before saved ones: `blocks.set("weather-api/berlin", { url, token })` with the fields of
   * one, or `blocks.set("slack-webhook/team", new MemoryNotifier())` with an object that stands for it.
   */
  readonly blocks: Map<string, object>;
  /** What was logged in all runs, oldest first; `debug` too. */
  readonly logs: readonly LogRecord[];
  /** Where results are kept that are to be kept in no other place. */
  readonly results: MemoryFileSystem;
  /** The history. */
  readonly api: OrchestrationApi;
  close(): Promise<void>;
}

/** A place for the flows of one test, closed at its end: `await using harness = flowHarness();`. */
export function flowHarness(options: FlowHarnessOptions = {}): FlowHarness {
  return new MemoryHarness(options);
}

/** Where results are kept; no block type has the slug. */
const RESULTS = "harness/results";

class MemoryHarness implements FlowHarness {
  readonly clock: TestClock;
  readonly results: MemoryFileSystem;
  readonly blocks: Map<string, object>;
  readonly api: OrchestrationApi;
  readonly #logs: LogRecord[] = [];
  readonly #settings: TemporarySettings;
  readonly #engine: Promise<EngineServices>;
  #running = 0;
  #isClosed = false;

  constructor({ clock = "fake", now, settings = {} }: FlowHarnessOptions) {
    const isBusy = (): boolean => this.#running > 0;
    const testClock = clock === "fake" ? new FakeClock({ start: now, isBusy }) : new RealClock();
    this.clock = testClock;
    this.results = new MemoryFileSystem({ clock: testClock });
    this.blocks = new Map([[RESULTS, this.results]]);
    this.api = new LocalApi({ store: new MemoryStore(), clock: () => testClock.now });
    const overrides = { ...nothingElse(), ...settings };
    this.#settings = { overrides, settings: loadSettings({ overrides, env: {} }) };
    const logSink = { write: (record: LogRecord) => this.#keep(record) };
    this.#engine = openEngine(this.#settings.settings, { api: this.api, clock: testClock, logSink });
  }

  get logs(): readonly LogRecord[] {
    return this.#logs;
  }

  async run<P, R>(flow: Flow<P, R>, ...[parameters]: FlowArguments<P>): Promise<FlowTestRun<R>> {
    let id = "";
    const onBegin = (run: { readonly id: string }): void => {
      id = run.id;
    };
    const call = { parameters, watchesSignals: false, onBegin };
    this.#running += 1;
    const state = await this.within(() => runFlow(flow, call)).finally(() => {
      this.#running -= 1;
    });
    const { recorder } = await this.#engine;
    await recorder.flush();
    return flowTestRun(this.api, id, { state, logs: this.#logs });
  }

  within<T>(work: () => T): T {
    if (this.#isClosed)
      throw new SluiceError("INVALID_REQUEST", "The harness is closed. Make one for each test.");
    return runWithSettings(this.#settings, () => runWithBlocks(this.blocks, work));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await closeEngine(this.#settings.settings);
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  #keep(record: LogRecord): void {
    if (record.flowRunId !== undefined || record.taskRunId !== undefined) this.#logs.push(record);
  }
}

/** Every setting at its default, so that a test says the same on every machine, and nothing outside memory. */
function nothingElse(): SettingOverrides {
  return {
    ...Object.fromEntries(SETTING_KEYS.map((key) => [key, null])),
    // Nothing is written there; it tells the engines of a process apart.
    home: join(tmpdir(), `sluice-harness-${newId()}`),
    "history.mode": "memory",
    "logging.to_terminal": false,
    "logging.level": "debug",
    "results.default_storage_block": RESULTS,
  };
}
