/** Fills in the job of a work pool's template with the variables of a deployment and a run. */
import { InvalidRequestError } from "@sluice/protocol";

type Values = Readonly<Record<string, unknown>>;

export interface JobVariables {
  /** Of the pool: `{ job_configuration, variables }`. */
  readonly template: Values;
  readonly deployment: Values;
  readonly run: Values;
}

/** `{{ name }}`; `{{ $NAME }}` is a variable of the worker's environment. */
const PLACEHOLDER = /\{\{\s*(\$?[\w.-]+)\s*\}\}/gu;
const ONLY_PLACEHOLDER = /^\s*\{\{\s*(\$?[\w.-]+)\s*\}\}\s*$/u;
/** Stands for a variable that has no value; the member that is nothing but it is left out. */
const ABSENT = Symbol("absent");

/**
 * The configuration of the job. A variable has the value of the run, else of the deployment, else its default; a member
 * that is only a placeholder without a value is left out. Environments are merged, name by name.
 *
 * @throws {InvalidRequestError} that names the variable: one that is required and missing, or unknown to the template.
 */
export function jobConfiguration(given: JobVariables, env: NodeJS.ProcessEnv = process.env): Values {
  const { job_configuration: job, variables } = given.template;
  if (!isObject(job)) {
    throw new InvalidRequestError(
      "The work pool's base job template has no job_configuration. Update the pool with a template of its type.",
    );
  }
  const schema = isObject(variables) ? variables : {};
  const properties = isObject(schema["properties"]) ? schema["properties"] : {};
  const values = valuesOf(given, properties);
  checkRequired(schema, values);
  const lookUp = (name: string): unknown => {
    if (name.startsWith("$")) return env[name.slice(1)] ?? ABSENT;
    if (name in values) return values[name] ?? ABSENT;
    if (name in properties) return ABSENT;
    throw new InvalidRequestError(
      `The work pool's base job template uses {{ ${name} }}, which is no variable of it. Correct the template.`,
    );
  };
  return filled(job, lookUp) as Values;
}

function valuesOf({ deployment, run }: JobVariables, properties: Values): Values {
  const defaults = Object.fromEntries(
    Object.entries(properties).flatMap(([name, property]) =>
      isObject(property) && "default" in property ? [[name, property["default"]]] : [],
    ),
  );
  const values = { ...defaults, ...deployment, ...run };
  const environments = [defaults["env"], deployment["env"], run["env"]].filter(isObject);
  return environments.length === 0 ? values : { ...values, env: Object.assign({}, ...environments) };
}

function checkRequired(schema: Values, values: Values): void {
  const required = Array.isArray(schema["required"]) ? schema["required"].map(String) : [];
  const missing = required.filter((name) => values[name] === undefined || values[name] === null);
  if (missing.length === 0) return;
  throw new InvalidRequestError(
    `The job needs the variable${missing.length > 1 ? "s" : ""} ${missing.join(", ")}. Set it as a job variable of the deployment, or give it a default in the work pool's base job template.`,
  );
}

function filled(part: unknown, lookUp: (name: string) => unknown): unknown {
  if (typeof part === "string") return filledText(part, lookUp);
  if (Array.isArray(part)) return part.map((item) => filled(item, lookUp)).filter((item) => item !== ABSENT);
  if (!isObject(part)) return part;
  const members = Object.entries(part).map(([name, value]) => [name, filled(value, lookUp)] as const);
  return Object.fromEntries(members.filter(([, value]) => value !== ABSENT));
}

function filledText(text: string, lookUp: (name: string) => unknown): unknown {
  const only = ONLY_PLACEHOLDER.exec(text)?.[1];
  if (only !== undefined) return lookUp(only);
  return text.replaceAll(PLACEHOLDER, (_, name: string) => {
    const value = lookUp(name);
    return value === ABSENT ? "" : typeof value === "string" ? value : JSON.stringify(value);
  });
}

function isObject(value: unknown): value is Values {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
