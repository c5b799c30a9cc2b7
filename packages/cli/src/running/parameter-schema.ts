/** What the JSON Schema of a flow's parameters says of each of them. */
import type { Flow, JsonSchema } from "@sluice/core";
import { isSluiceError } from "@sluice/protocol";

/** The JSON types that a value may have; `undefined` when the schema does not say. */
export type AcceptedTypes = ReadonlySet<string> | undefined;

export class ParameterSchema {
  readonly #root: JsonSchema;
  readonly #properties: JsonSchema;

  constructor(root: JsonSchema) {
    this.#root = root;
    this.#properties = asSchema(root["properties"]) ?? {};
  }

  /** What the schema says of a flow; nothing is known of one whose schema library gives no JSON Schema. */
  static of(flow: Flow<never, unknown>): ParameterSchema {
    try {
      return new ParameterSchema(flow.parametersJsonSchema());
    } catch (error) {
      // The parameters are validated all the same, when the run begins.
      if (isSluiceError(error, "PARAMETER_SCHEMA")) return new ParameterSchema({});
      throw error;
    }
  }

  /** Names of the parameters. */
  get names(): readonly string[] {
    return Object.keys(this.#properties);
  }

  /** Whether parameters may have names that the schema does not have: it says so, or names none (a union, no schema). */
  get isOpen(): boolean {
    const { additionalProperties: additional, properties } = this.#root;
    return properties === undefined || (additional !== undefined && additional !== false);
  }

  get required(): readonly string[] {
    const { required } = this.#root;
    return Array.isArray(required) ? required.filter((name) => typeof name === "string") : [];
  }

  description(name: string): string | undefined {
    const { description } = asSchema(this.#properties[name]) ?? {};
    return typeof description === "string" ? description : undefined;
  }

  acceptedTypes(name: string): AcceptedTypes {
    return this.#typesOf(this.#properties[name], 0);
  }

  #typesOf(schema: unknown, depth: number): AcceptedTypes {
    const members = asSchema(schema);
    // A schema may refer to itself.
    if (members === undefined || depth > 8) return undefined;
    const { type, $ref: reference, const: constant, enum: values } = members;
    if (typeof reference === "string") return this.#typesOf(this.#referred(reference), depth + 1);
    if (typeof type === "string" || Array.isArray(type)) return new Set([type].flat().map(widened));
    if (constant !== undefined) return new Set([jsonType(constant)]);
    if (Array.isArray(values)) return new Set(values.map(jsonType));
    const branches = members["anyOf"] ?? members["oneOf"];
    return Array.isArray(branches)
      ? union(branches.map((branch) => this.#typesOf(branch, depth + 1)))
      : undefined;
  }

  #referred(reference: string): unknown {
    const [root, ...path] = reference.split("/");
    if (root !== "#") return undefined;
    return path.reduce<unknown>((schema, name) => asSchema(schema)?.[name], this.#root);
  }
}

/** The JSON Schema type of a value; numbers are all `number`. */
export function jsonType(value: unknown): string {
  if (value === null) return "null";
  return Array.isArray(value) ? "array" : typeof value;
}

function widened(type: unknown): string {
  return type === "integer" ? "number" : String(type);
}

function union(all: readonly AcceptedTypes[]): AcceptedTypes {
  const types = new Set<string>();
  for (const some of all) {
    if (some === undefined) return undefined;
    for (const type of some) types.add(type);
  }
  return types;
}

function asSchema(value: unknown): JsonSchema | undefined {
  return typeof value === "object" && value !== null && !Array.isArray(value)
    ? (value as JsonSchema)
    : undefined;
}
