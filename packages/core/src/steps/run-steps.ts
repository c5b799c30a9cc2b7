/** Runs steps one after another. */
import { join } from "node:path";
import type { OrchestrationApi } from "@sluice/protocol";
import type { Logger } from "../logging/logger.ts";
import { currentSettings } from "../settings/current-settings.ts";
import { InvalidOptionError } from "../tasks/invalid-option-error.ts";
import { StepInputs, type StepValues } from "./step.ts";
import { findStep } from "./step-names.ts";
import { fillTemplates, type TemplateSources } from "./template.ts";

/** As files and deployments have it: `{ "sluice.steps.git_clone": { repository: "…" } }`. */
export type StepDocument = Readonly<Record<string, unknown>>;

export interface RunStepsOptions {
  readonly api: OrchestrationApi;
  readonly logger: Logger;
  /** Where the first step runs. Default: the working directory. */
  readonly directory?: string | undefined;
  /** Where pulled code is kept. Default: `code` in the setting `home`. */
  readonly codeDirectory?: string | undefined;
  /** Default: that of the process. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** What earlier steps gave. */
  readonly outputs?: ReadonlyMap<string, StepValues> | undefined;
  readonly signal?: AbortSignal | undefined;
}

export interface StepsRun {
  /** Where the steps have led. */
  readonly directory: string;
  /** What each gave, by its `id` and by its name. */
  readonly outputs: ReadonlyMap<string, StepValues>;
}

/**
 * Runs build, push or pull steps in their order; each gets its inputs with templates filled from what came before.
 *
 * @throws {InvalidOptionError} when a step, an input or a template cannot be understood: it says which, and where.
 * @throws {SluiceError} code `COMMAND` when a program of a step fails.
 */
export async function runSteps(steps: readonly StepDocument[], options: RunStepsOptions): Promise<StepsRun> {
  const { api, logger, signal } = options;
  const env = options.env ?? process.env;
  const codeDirectory = options.codeDirectory ?? join(currentSettings().home, "code");
  const outputs = new Map<string, StepValues>(options.outputs);
  let directory = options.directory ?? process.cwd();
  // All names are known before the first step does anything.
  for (const call of steps.map(stepCall)) {
    signal?.throwIfAborted();
    const sources: TemplateSources = { env, api, outputs, signal };
    const values = (await fillTemplates(call.inputs, sources, {
      where: `the step ${call.name}`,
    })) as StepValues;
    const inputs = new StepInputs(call.name, call.step, values);
    logger.debug("Step began", { step: call.name });
    const given = await call.step.run(inputs, { directory, codeDirectory, env, api, logger, signal });
    outputs.set(call.name, given);
    outputs.set(call.name.slice(call.name.lastIndexOf(".") + 1), given);
    if (call.id !== undefined) outputs.set(call.id, given);
    if (typeof given["directory"] === "string") directory = given["directory"];
  }
  return { directory, outputs };
}

/**
 * The steps with what earlier steps gave put in; variables, blocks and the environment are left for where they run.
 *
 * @throws {InvalidOptionError} when a step cannot be understood.
 */
export async function preparedSteps(
  steps: readonly StepDocument[],
  sources: TemplateSources,
): Promise<StepDocument[]> {
  const prepared: StepDocument[] = [];
  for (const step of steps) {
    const { name } = stepCall(step);
    const leaves = (expression: string): boolean => !sources.outputs.has(expression.split(".")[0] ?? "");
    const options = { where: `the step ${name}`, leaves };
    prepared.push((await fillTemplates(step, sources, options)) as StepDocument);
  }
  return prepared;
}

interface StepCall {
  readonly name: string;
  readonly id: string | undefined;
  readonly inputs: StepValues;
  readonly step: ReturnType<typeof findStep>;
}

/** Of Prefect's step: it installs Python packages, or says how to be called there. */
const OTHERS = ["id", "requires"];

function stepCall(document: StepDocument): StepCall {
  const [name, ...others] = Object.keys(document);
  if (name === undefined || others.length > 0) {
    throw new InvalidOptionError(
      `A step is an object with its name only, such as { git_clone: { … } }, and not one of ${JSON.stringify(Object.keys(document))}.`,
    );
  }
  const given = document[name] ?? {};
  if (typeof given !== "object" || Array.isArray(given)) {
    throw new InvalidOptionError(`The step ${name} needs its inputs as an object.`);
  }
  const inputs = Object.fromEntries(Object.entries(given).filter(([input]) => !OTHERS.includes(input)));
  const id: unknown = Reflect.get(given, "id");
  return { name, id: typeof id === "string" ? id : undefined, inputs, step: findStep(name) };
}
