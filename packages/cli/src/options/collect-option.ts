/** Options that may be given several times. */
import { InvalidArgumentError } from "commander";

/** Adds a text to those that came before it. */
export function collect(text: string, previous: readonly string[] | undefined): readonly string[] {
  return [...(previous ?? []), text];
}

/** Adds `key=value` to those that came before it. */
export function addAssignment(
  text: string,
  previous: ReadonlyMap<string, string> | undefined,
): ReadonlyMap<string, string> {
  const equals = text.indexOf("=");
  if (equals < 1) throw new InvalidArgumentError("Write it as key=value.");
  return new Map([...(previous ?? []), [text.slice(0, equals), text.slice(equals + 1)]]);
}
