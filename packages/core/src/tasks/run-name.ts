/** Names of runs from templates over parameters. */
import { InvalidOptionError } from "./invalid-option-error.ts";

/** A template such as `clean-{hour}` or `load-{file.name}`, or a function that gives the name. */
export type RunName<Context> = string | ((context: Context) => string);

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
