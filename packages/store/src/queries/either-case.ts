/** Patterns that find text in either case, for databases of which the case functions know ASCII only. */
import { InvalidRequestError } from "@sluice/protocol";

/** SQLite refuses patterns of more than 50,000 bytes; a letter becomes up to ten of them. */
const MAX_PART_LENGTH = 4000;

/**
 * The pattern of a text: every letter as the class of its cases, the other characters as `literal` writes them. A class
 * is written in the same way everywhere, `[aA]`.
 * @throws {InvalidRequestError} when the text has more than 4,000 characters.
 */
export function eitherCase(part: string, literal: (character: string) => string): string {
  if (part.length > MAX_PART_LENGTH) {
    throw new InvalidRequestError(
      `A text of ${part.length} characters was searched for; the longest possible has ${MAX_PART_LENGTH}.`,
    );
  }
  return Array.from(part, (character) => {
    const cases = new Set([character, character.toLowerCase(), character.toUpperCase()]);
    // Where the other case is several characters (ß and SS), the character stands for itself.
    const single = [...cases].filter((variant) => [...variant].length === 1);
    return single.length > 1 ? `[${single.join("")}]` : literal(character);
  }).join("");
}
