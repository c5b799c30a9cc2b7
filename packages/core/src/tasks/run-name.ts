/** Names of runs from templates over parameters. */
import { InvalidOptionError } from "./invalid-option-error.ts";

/** A template such as `clean-{hour}` or `load-{file.name}`, or a function that gives the name. */
export type RunName<Context> = string | ((context: Context) => string);

/** Whose name it is: what a function gets, what a template is filled with, and the words for it in errors. */
export interface Naming<Context> {
  readonly context: Context;
  readonly parameters: Readonly<Record<string, unknown>>;
  /** Such as `Task "clean": taskRunName`. */
  readonly what: string;
}

/**
 * The name of a run.
 *
 * @throws {InvalidOptionError} when the template names a parameter that does not exist, or the function gives no name.
 */
export function nameOfRun<Context>(runName: RunName<Context>, naming: Naming<Context>): string {
  const { context, parameters, what } = naming;
  if (typeof runName === "string") return fillTemplate(runName, parameters, what);
  const name: unknown = runName(context);
  if (typeof name === "string" && name !== "") return name;
  throw new InvalidOptionError(`${what} must give a non-empty string, not ${typeof name}.`);
}

/**
 * Fills `{name}` and `{name.member}` with parameters; `what` says in the error whose template it is.
 *
 * @throws {InvalidOptionError} when the template names a parameter that does not exist.
 */
export function fillTemplate(
  template: string,
  parameters: Readonly<Record<string, unknown>>,
  what: string,
): string {
  return template.replace(/\{([^{}]+)\}/g, (_, path: string) => {
    const [first, ...rest] = path.trim().split(".") as [string, ...string[]];
    if (!Object.hasOwn(parameters, first)) {
      const known = Object.keys(parameters).join(", ") || "none";
      throw new InvalidOptionError(
        `${what} "${template}" uses {${first}}, but the parameters are: ${known}.`,
      );
    }
    let value = parameters[first];
    for (const member of rest) value = (value as Record<string, unknown> | null | undefined)?.[member];
    return value instanceof Date ? value.toISOString() : String(value);
  });
}
