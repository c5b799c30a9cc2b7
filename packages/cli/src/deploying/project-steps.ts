/** Runs the build and push steps of a project, each list once. */
import { currentSettings, type Logger, terminalLogger } from "@sluice/core";
import { runSteps, type StepDocument, type StepValues } from "@sluice/core/steps";
import type { OrchestrationApi } from "@sluice/protocol";
import type { Terminal } from "../output/terminal.ts";

export interface ProjectStepsOptions {
  readonly api: OrchestrationApi;
  readonly directory: string;
  readonly terminal: Terminal;
}

export type StepOutputs = ReadonlyMap<string, StepValues>;

export class ProjectSteps {
  readonly #options: ProjectStepsOptions;
  readonly #logger: Logger;
  readonly #done = new Map<string, Promise<StepOutputs>>();

  constructor(options: ProjectStepsOptions) {
    this.#options = options;
    const { level, format } = currentSettings().logging;
    this.#logger = terminalLogger("sluice.steps", { level, format });
  }

  /** What the steps gave, with what those before gave: deployments that share steps share what they made. */
  run(steps: readonly StepDocument[] | undefined, outputs: StepOutputs): Promise<StepOutputs> {
    if (steps === undefined || steps.length === 0) return Promise.resolve(outputs);
    const key = JSON.stringify([steps, [...outputs]]);
    let done = this.#done.get(key);
    if (done === undefined) {
      const { api, directory, terminal } = this.#options;
      const call = { api, directory, env: terminal.env, logger: this.#logger, outputs };
      done = runSteps(steps, call).then((run) => run.outputs);
      this.#done.set(key, done);
    }
    return done;
  }
}
