/** What a step is: a small function with named inputs and outputs, of those that build, push and pull code. */
import type { OrchestrationApi } from "@sluice/protocol";
import type { Logger } from "../logging/logger.ts";
import { closestName } from "../settings/closest-name.ts";
import { InvalidOptionError } from "../tasks/invalid-option-error.ts";

export type StepValues = Readonly<Record<string, unknown>>;

export interface StepContext {
  /** Where commands run: the directory that the steps before this one brought, or where they began. */
  readonly directory: string;
  /** Where code that is pulled is kept between runs. */
  readonly codeDirectory: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly api: OrchestrationApi;
  readonly logger: Logger;
  readonly signal?: AbortSignal | undefined;
}

/** An output named `directory` is where the next steps, and the flow, run. */
export interface Step {
  /** Which inputs it takes. */
  readonly inputs: readonly string[];
  readonly required: readonly string[];
  run(inputs: StepInputs, context: StepContext): Promise<StepValues>;
}

/** Inputs by name, read as the type that the step needs. */
export class StepInputs {
  readonly #step: string;
  readonly #values: StepValues;

  /** @throws {InvalidOptionError} when one is missing or unknown. */
  constructor(name: string, step: Step, values: StepValues) {
    this.#step = name;
    this.#values = values;
    const unknown = Object.keys(values).find((input) => !step.inputs.includes(input));
    if (unknown !== undefined) {
      const closest = closestName(unknown, step.inputs);
      const hint =
        closest === undefined ? `Its inputs are ${step.inputs.join(", ")}.` : `Did you mean ${closest}?`;
      throw new InvalidOptionError(`The step ${name} has no input "${unknown}". ${hint}`);
    }
    const missing = step.required.find((input) => values[input] === undefined || values[input] === null);
    if (missing !== undefined) throw new InvalidOptionError(`The step ${name} needs the input "${missing}".`);
  }

  text(name: string): string {
    return this.findText(name) ?? this.#refuse(name, "a text");
  }

  findText(name: string): string | undefined {
    const value = this.#values[name] ?? undefined;
    if (value === undefined || typeof value === "string") return value;
    return typeof value === "number" ? String(value) : this.#refuse(name, "a text");
  }

  flag(name: string, preset: boolean): boolean {
    const value = this.#values[name] ?? preset;
    return typeof value === "boolean" ? value : this.#refuse(name, "true or false");
  }

  number(name: string, preset: number): number {
    const value = this.#values[name] ?? preset;
    return typeof value === "number" && value > 0 ? value : this.#refuse(name, "a number > 0");
  }

  texts(name: string): readonly string[] {
    const value = this.#values[name] ?? [];
    const isList = Array.isArray(value) && value.every((each) => typeof each === "string");
    return isList ? value : this.#refuse(name, "a list of texts");
  }

  /** An object whose members are texts. */
  map(name: string): Readonly<Record<string, string>> {
    const value = this.#values[name] ?? {};
    if (typeof value !== "object" || Array.isArray(value)) return this.#refuse(name, "an object of texts");
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, String(each)]));
  }

  any(name: string): unknown {
    return this.#values[name] ?? undefined;
  }

  #refuse(name: string, expected: string): never {
    throw new InvalidOptionError(`The step ${this.#step}: the input "${name}" must be ${expected}.`);
  }
}
