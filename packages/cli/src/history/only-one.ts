/** Finds the one object that a name on the command line means, or says what might be meant. */
import { closestName } from "@sluice/core";
import { isSluiceError, SluiceError } from "@sluice/protocol";

/** Nothing has this name. */
export class NameNotFoundError extends SluiceError {
  constructor(noun: string, name: string, remedy: string) {
    super("OBJECT_NOT_FOUND", `There is no ${noun} "${name}". ${remedy}`, { details: { noun, name } });
  }
}

/** Several objects have this name. */
export class AmbiguousNameError extends SluiceError {
  constructor(noun: string, name: string, lines: readonly string[]) {
    super(
      "INVALID_REQUEST",
      [`Several ${noun}s are called "${name}". Give the id of one of them:`, ...lines].join("\n"),
      { details: { noun, name } },
    );
  }
}

/** What a name is looked for among. */
export interface NameSearch {
  readonly noun: string;
  readonly name: string;
  /** Names that might be meant instead. */
  similar(): Promise<readonly string[]>;
  /** The command that shows what there is. */
  readonly list: string;
}

/**
 * The one that was found.
 *
 * @throws {NameNotFoundError} when there is none; it suggests a similar name.
 * @throws {AmbiguousNameError} when there are several; it lists them.
 */
export async function onlyOne<T>(
  found: readonly T[],
  search: NameSearch & { lineOf(object: NoInfer<T>): string },
): Promise<T> {
  const [first, ...others] = found;
  if (first === undefined) throw await notFound(search);
  if (others.length > 0) {
    throw new AmbiguousNameError(
      search.noun,
      search.name,
      found.map((object) => search.lineOf(object)),
    );
  }
  return first;
}

/** What `get` gives, which looks for the name by itself. @throws {NameNotFoundError} as `onlyOne`. */
export async function getNamed<T>(search: NameSearch, get: () => Promise<T>): Promise<T> {
  try {
    return await get();
  } catch (error) {
    throw isSluiceError(error, "OBJECT_NOT_FOUND") ? await notFound(search) : error;
  }
}

async function notFound({ noun, name, similar, list }: NameSearch): Promise<NameNotFoundError> {
  const closest = closestName(name, await similar());
  const remedy = closest === undefined ? `"${list}" shows what there is.` : `Did you mean ${closest}?`;
  return new NameNotFoundError(noun, name, remedy);
}
