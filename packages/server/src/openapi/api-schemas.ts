/** JSON Schemas of what goes in and out, each named once and referred to by name. */
import * as exported from "@sluice/protocol/schemas";
import { z } from "zod";

export type JsonSchema = Readonly<Record<string, unknown>>;

/** Refers to named schemas of one direction, and gives them all in the end. */
export class NamedSchemas {
  readonly #io: "input" | "output";
  readonly #suffix: string;
  readonly #registry = z.registry<{ id: string }>();

  /** `suffix` tells the names of this direction from those of the other. */
  constructor(io: "input" | "output", suffix: string) {
    this.#io = io;
    this.#suffix = suffix;
    for (const [name, schema] of Object.entries(exported)) {
      if (schema instanceof z.ZodType) this.#name(schema, nameOf(name));
    }
  }

  /** A reference to a schema, which gets this name if it has none. */
  reference(schema: z.ZodType, name: string): JsonSchema {
    return { $ref: pointer(this.#name(schema, name)) };
  }

  /** Name → schema. */
  all(): Readonly<Record<string, JsonSchema>> {
    const { schemas } = z.toJSONSchema(this.#registry, {
      target: "draft-2020-12",
      io: this.#io,
      // Data of clients can be anything, and so is what a schema cannot say.
      unrepresentable: "any",
      uri: pointer,
    });
    return Object.fromEntries(
      Object.entries(schemas).map(([name, { $schema: _, $id: __, ...schema }]) => [name, schema]),
    );
  }

  #name(schema: z.ZodType, name: string): string {
    const known = this.#registry.get(schema);
    if (known !== undefined) return known.id;
    const id = `${name}${this.#suffix}`;
    this.#registry.add(schema, { id });
    return id;
  }
}

/** `flowRunSchema` → `FlowRun`. */
function nameOf(exportName: string): string {
  const name = exportName.replace(/Schema$/u, "");
  return `${name.charAt(0).toUpperCase()}${name.slice(1)}`;
}

function pointer(id: string): string {
  return `#/components/schemas/${id}`;
}
