/** Parameters of a flow from the command line: `-p key=value` and `--params '{…}'`. */
import { closestName, type Flow, InvalidParametersError } from "@sluice/core";
import type { Deployment } from "@sluice/protocol";
import { type AcceptedTypes, jsonType, ParameterSchema } from "./parameter-schema.ts";

/** What the command line gives. */
export interface GivenParameters {
  /** Texts by name, of `-p`. They come before those of `object`. */
  readonly texts: ReadonlyMap<string, string>;
  /** Values by name, of `--params`. */
  readonly object: Readonly<Record<string, unknown>>;
}

interface Issue {
  readonly path: string;
  readonly message: string;
}

/**
 * The parameters of a run: the given ones, over `earlier` ones when a run is repeated. A text is JSON when it can be and
 * the flow's schema takes a value of that type; otherwise it is text.
 *
 * @throws {InvalidParametersError} naming every parameter that the flow does not have and every one that is missing.
 */
export function parametersOf(
  flow: Flow<never, unknown>,
  texts: GivenParameters,
  earlier: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  const schema = ParameterSchema.of(flow);
  const given = valuesOf(texts, schema);
  const parameters = { ...earlier, ...given };
  requireFitting(flow.name, schema, { given, parameters });
  return parameters;
}

/**
 * Some of the parameters of a flow, as a deployment has them: the others come with each run.
 *
 * @throws {InvalidParametersError} naming every parameter that the flow does not have.
 */
export function someParametersOf(
  flow: Flow<never, unknown>,
  texts: GivenParameters,
): Record<string, unknown> {
  const schema = ParameterSchema.of(flow);
  const given = valuesOf(texts, schema);
  const issues = unknownNames(given, schema);
  if (issues.length > 0) throw new InvalidParametersError(flow.name, issues);
  return given;
}

/** What is known of the flow of a deployment. */
export type DeployedFlow = Pick<
  Deployment,
  "parameters" | "parameter_openapi_schema" | "enforce_parameter_schema"
> & { readonly flow_name: string };

/**
 * What a run of a deployment is given over the deployment's own parameters.
 *
 * @throws {InvalidParametersError} as `parametersOf`, if the deployment enforces its schema.
 */
export function deploymentParameters(
  deployment: DeployedFlow,
  texts: GivenParameters,
): Record<string, unknown> {
  const schema = new ParameterSchema(deployment.parameter_openapi_schema ?? {});
  const given = valuesOf(texts, schema);
  if (deployment.enforce_parameter_schema) {
    const parameters = { ...deployment.parameters, ...given };
    requireFitting(deployment.flow_name, schema, { given, parameters });
  }
  return given;
}

/** A text as JSON if it can be. */
export function jsonOrText(text: string): unknown {
  const json = parseJson(text);
  return json === undefined ? text : json.value;
}

function valuesOf({ texts, object }: GivenParameters, schema: ParameterSchema): Record<string, unknown> {
  const values = [...texts].map(
    ([name, text]) => [name, parameterValue(text, schema.acceptedTypes(name))] as const,
  );
  return { ...object, ...Object.fromEntries(values) };
}

type Values = Readonly<Record<string, unknown>>;

function requireFitting(
  flowName: string,
  schema: ParameterSchema,
  { given, parameters }: { readonly given: Values; readonly parameters: Values },
): void {
  const issues = [...unknownNames(given, schema), ...missingNames(parameters, schema)];
  if (issues.length > 0) throw new InvalidParametersError(flowName, issues);
}

function parameterValue(text: string, accepted: AcceptedTypes): unknown {
  const json = parseJson(text);
  if (json === undefined) return text;
  if (accepted === undefined || !accepted.has("string")) return json.value;
  const type = jsonType(json.value);
  return type !== "string" && accepted.has(type) ? json.value : text;
}

function parseJson(text: string): { readonly value: unknown } | undefined {
  try {
    return { value: JSON.parse(text) };
  } catch {
    // Not an error: what is no JSON is text.
    return undefined;
  }
}

function unknownNames(given: Readonly<Record<string, unknown>>, schema: ParameterSchema): readonly Issue[] {
  if (schema.isOpen) return [];
  const { names } = schema;
  const unknown = Object.keys(given).filter((name) => !names.includes(name));
  return unknown.map((path) => ({ path, message: remedy(closestName(path, names), names) }));
}

function remedy(closest: string | undefined, names: readonly string[]): string {
  if (closest !== undefined) return `there is no such parameter, did you mean ${closest}?`;
  const all = names.length === 0 ? "it takes none" : `parameters are ${names.join(", ")}`;
  return `there is no such parameter, ${all}`;
}

function missingNames(
  parameters: Readonly<Record<string, unknown>>,
  schema: ParameterSchema,
): readonly Issue[] {
  return schema.required
    .filter((name) => parameters[name] === undefined)
    .map((name) => {
      const description = schema.description(name);
      const words = description === undefined ? "" : ` (${description})`;
      return { path: name, message: `is required${words}, give it with -p ${name}=…` };
    });
}
