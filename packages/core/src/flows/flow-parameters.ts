/** Parameters of flows: validation, JSON Schema, and the form in which history keeps them. */
import { SluiceError } from "@sluice/protocol";
import type { StandardSchemaV1 } from "@standard-schema/spec";
import type { FlowDefinition } from "./flow-definition.ts";

export type JsonSchema = Readonly<Record<string, unknown>>;

/** The arguments of a flow call do not fit its parameters. */
export class InvalidParametersError extends SluiceError {
  constructor(flowName: string, issues: readonly { readonly path: string; readonly message: string }[]) {
    const lines = issues.map(({ path, message }) => (path === "" ? message : `${path}: ${message}`));
    super("INVALID_PARAMETERS", `Flow "${flowName}" was called with wrong parameters: ${lines.join("; ")}`, {
      details: { flowName, issues },
    });
  }
}

/** The schema of a flow's parameters cannot be shown as JSON Schema. */
export class ParameterSchemaError extends SluiceError {
  constructor(flowName: string, reason: string, cause?: unknown) {
    super("PARAMETER_SCHEMA", `The parameters of flow "${flowName}" have no JSON Schema: ${reason}`, {
      cause,
    });
  }
}

/**
 * The parameters as the flow's function gets them: validated, coerced, with defaults.
 *
 * @throws {InvalidParametersError} naming every member that is wrong.
 */
export async function validParameters(definition: FlowDefinition, given: unknown): Promise<unknown> {
  const { parameters: schema, validateParameters } = definition.options;
  if (schema === undefined || validateParameters === false) {
    if (given === undefined || isRecord(given)) return given;
    throw new InvalidParametersError(definition.name, [
      {
        path: "",
        message: `a flow takes one object, not ${Array.isArray(given) ? "an array" : `a ${typeof given}`}`,
      },
    ]);
  }
  const result = await schema["~standard"].validate(given ?? {});
  if (result.issues === undefined) return result.value;
  throw new InvalidParametersError(
    definition.name,
    result.issues.map((issue) => ({ path: pathOf(issue), message: issue.message })),
  );
}

/** JSON Schema of what callers give. A flow without a schema takes any object. */
export function parametersJsonSchema(definition: FlowDefinition): JsonSchema {
  const schema = definition.options.parameters;
  if (schema === undefined) return { type: "object", properties: {}, additionalProperties: true };
  const standard: StandardSchemaV1["~standard"] & { readonly jsonSchema?: JsonSchemaConverter } =
    schema["~standard"];
  if (standard.jsonSchema === undefined) {
    throw new ParameterSchemaError(
      definition.name,
      `the schema library ${standard.vendor} does not implement Standard JSON Schema.`,
    );
  }
  try {
    return standard.jsonSchema.input({ target: "draft-2020-12" });
  } catch (error) {
    throw new ParameterSchemaError(
      definition.name,
      error instanceof Error ? error.message : String(error),
      error,
    );
  }
}

/** Of https://standardschema.dev/json-schema: what the flow reads of it. */
interface JsonSchemaConverter {
  input(options: { readonly target: string }): Record<string, unknown>;
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function pathOf(issue: StandardSchemaV1.Issue): string {
  return (issue.path ?? [])
    .map((part) => (typeof part === "object" ? part.key : part))
    .map(String)
    .join(".");
}
