/** The template of jobs that a new work pool begins with. */
import { closestName } from "@sluice/core";
import { InvalidRequestError } from "@sluice/protocol";
import { defaultJobTemplates } from "@sluice/server";

/**
 * The template of this type of workers.
 *
 * @throws {InvalidRequestError} when the type is not known; it suggests a similar one.
 */
export function defaultTemplate(type: string): Readonly<Record<string, unknown>> {
  const types = defaultJobTemplates();
  const template = types.get(type);
  if (template !== undefined) return template;
  const closest = closestName(type, types.keys());
  const remedy =
    closest === undefined ? `Known are ${[...types.keys()].join(", ")}.` : `Did you mean ${closest}?`;
  throw new InvalidRequestError(
    `There is no worker type "${type}". ${remedy} A type of your own needs --base-job-template.`,
  );
}
