/** References to blocks, as people write them: `slug/name`. */
import { InvalidRequestError } from "@sluice/protocol";

export interface BlockReference {
  readonly slug: string;
  readonly name: string;
}

/** What a block may be called. */
export const BLOCK_NAME: RegExp = /^[a-z0-9-]+$/;

/**
 * @throws {InvalidRequestError} when the text is no reference.
 */
export function parseBlockReference(text: string): BlockReference {
  const [slug = "", name = "", ...others] = text.split("/");
  if (slug !== "" && name !== "" && others.length === 0) return { slug, name };
  throw new InvalidRequestError(
    `"${text}" names no block. Write the slug of its type and its name, such as secret/api-key.`,
  );
}

/** `weather-api/berlin`, or `weather-api` for a block without a name. */
export function blockReference(slug: string, name: string | undefined): string {
  return name === undefined ? slug : `${slug}/${name}`;
}
