/** The parameters of deployments and their runs: made what they stand for, and checked by the flow's schema. */
import { ConflictError } from "@sluice/protocol";
import { hydrate } from "../../parameters/hydrate.ts";
import { requireMatch, type SchemaCheckOptions } from "../../parameters/parameter-schema.ts";
import type { Store } from "../../store.ts";
import type { StoredDeployment } from "../../stored-nouns.ts";

type Values = Readonly<Record<string, unknown>>;

/** Parameters with every `__prefect_kind` replaced. */
export function hydrateParameters(store: Store, parameters: Values): Promise<Values> {
  return hydrate(parameters, async (name) => {
    const where = { type: "equals", member: "name", value: name } as const;
    const [variable] = await store.objects("variable").list({ where, limit: 1 });
    return variable;
  });
}

/**
 * Requires that parameters fit the schema of a deployment that enforces it.
 * @throws {ConflictError} that says which one does not, and why.
 */
export async function requireParameters(
  deployment: Pick<StoredDeployment, "id" | "parameter_openapi_schema" | "enforce_parameter_schema">,
  parameters: Values,
  options: SchemaCheckOptions = {},
): Promise<void> {
  if (!deployment.enforce_parameter_schema) return;
  const schema = deployment.parameter_openapi_schema;
  if (schema === null) {
    throw new ConflictError(
      `The parameters of deployment ${deployment.id} cannot be checked: it enforces a parameter schema but has none. Send one, or do not enforce it.`,
    );
  }
  await requireMatch(`The parameters of deployment ${deployment.id}`, parameters, schema, options);
}
