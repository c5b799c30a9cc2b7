/** Blocks that environment variables declare: `SLUICE_BLOCK_<SLUG>__<NAME>`, with the data as JSON. */
import { SluiceError } from "@sluice/protocol";
import type { BlockReference } from "./block-reference.ts";

const PREFIX = "SLUICE_BLOCK_";

type Environment = Readonly<Record<string, string | undefined>>;

export interface EnvironmentBlock extends BlockReference {
  readonly variable: string;
}

/** The variable that declares a block: `SLUICE_BLOCK_S3_BUCKET__REPORTS` for `s3-bucket/reports`. */
export function blockVariable({ slug, name }: BlockReference): string {
  return `${PREFIX}${variablePart(slug)}__${variablePart(name)}`;
}

/**
 * The data that the environment declares for a block; `undefined` when it declares none.
 *
 * @throws {SluiceError} code `INVALID_BLOCK` when the variable is no JSON object. The message does not show it.
 */
export function environmentData(
  reference: BlockReference,
  env: Environment = process.env,
): Readonly<Record<string, unknown>> | undefined {
  const variable = blockVariable(reference);
  const text = env[variable];
  if (text === undefined) return undefined;
  const data = parsed(text);
  if (typeof data === "object" && data !== null && !Array.isArray(data)) return { ...data };
  throw new SluiceError(
    "INVALID_BLOCK",
    `The environment variable ${variable} is not a JSON object. Give it the block's fields: {"field": "value"}.`,
    { details: { variable } },
  );
}

/** The blocks that the environment declares, by their variables. Slug and name are in small letters with hyphens. */
export function environmentBlocks(env: Environment = process.env): readonly EnvironmentBlock[] {
  return Object.keys(env)
    .filter((variable) => variable.startsWith(PREFIX))
    .toSorted()
    .flatMap((variable) => {
      const [slug = "", name = "", ...others] = variable.slice(PREFIX.length).split("__").map(referencePart);
      return slug === "" || name === "" || others.length > 0 ? [] : [{ slug, name, variable }];
    });
}

function variablePart(text: string): string {
  return text.toUpperCase().replaceAll("-", "_");
}

function referencePart(text: string): string {
  return text.toLowerCase().replaceAll("_", "-");
}

/** The engine's words about bad JSON show part of it, which may be a secret. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
