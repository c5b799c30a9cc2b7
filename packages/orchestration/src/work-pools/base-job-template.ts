/** Checks what a pool's infrastructure is made from. */
import { InvalidRequestError } from "@sluice/protocol";
import { findMismatch } from "../parameters/parameter-schema.ts";

type Values = Readonly<Record<string, unknown>>;

/** Names in double braces; what begins with `$` or `prefect.` is filled in elsewhere. */
const PLACEHOLDER = /\{\{\s*([\w.\-[\]$]+)\s*\}\}/gu;
const FILLED_ELSEWHERE = /^(?:\$|prefect\.)/u;

/**
 * Requires that a template has both its parts, that its job uses no variables but those declared, and that the defaults of
 * these fit their schema. An empty template is fine.
 * @throws {InvalidRequestError} that says what is wrong.
 */
export async function checkBaseJobTemplate(template: Values): Promise<void> {
  if (Object.keys(template).length === 0) return;
  const { job_configuration: job, variables } = template;
  if (!isFilled(job) || !isFilled(variables)) {
    throw new InvalidRequestError(
      "The `base_job_template` must contain both a `job_configuration` key and a `variables` key.",
    );
  }
  const properties = isObject(variables["properties"]) ? variables["properties"] : {};
  const undeclared = placeholders(job).filter((name) => !(name in properties));
  if (undeclared.length > 0) {
    throw new InvalidRequestError(
      `The job configuration uses variables that the variables schema does not declare as properties: ${undeclared.join(", ")}. Declare them.`,
    );
  }
  const mismatch = await findMismatch(defaults(properties), variables, { ignoreRequired: true });
  if (mismatch !== undefined) {
    throw new InvalidRequestError(
      `Validation failed for work pool's job variable defaults: ${mismatch}. Correct the defaults, or the schema.`,
    );
  }
}

function placeholders(job: Values): string[] {
  const names = Array.from(JSON.stringify(job).matchAll(PLACEHOLDER), ([, name = ""]) => name);
  return [...new Set(names)].filter((name) => !FILLED_ELSEWHERE.test(name));
}

/** Defaults that refer to blocks are filled in by the worker, so there is nothing to check yet. */
function defaults(properties: Values): Values {
  const given = Object.entries(properties).flatMap(([name, property]) =>
    isObject(property) && (property["default"] ?? null) !== null && !refersToBlock(property["default"])
      ? [[name, property["default"]] as const]
      : [],
  );
  return Object.fromEntries(given);
}

function refersToBlock(value: unknown): boolean {
  return JSON.stringify(value)?.includes('"$ref"') === true;
}

function isFilled(value: unknown): value is Values {
  return isObject(value) && Object.keys(value).length > 0;
}

function isObject(value: unknown): value is Values {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
