/** Names of packages, and what a plugin calls its classes after. */
import { basename } from "node:path";
import { KIND_NAMES } from "./templates.ts";
import { UsageError } from "./usage-error.ts";

/** npm's rule for new packages. */
const PACKAGE_NAME = /^(?:@[a-z0-9~-][a-z0-9._~-]*\/)?[a-z0-9~-][a-z0-9._~-]*$/;
const MAX_LENGTH = 214;
const TAKEN: readonly string[] = ["node_modules", "favicon.ico", "sluice"];

/** Why this cannot be the name of a package, or `undefined` when it can. */
export function nameProblem(name: string): string | undefined {
  if (name === "") return "A package needs a name.";
  if (PACKAGE_NAME.test(name) && name.length <= MAX_LENGTH && !TAKEN.includes(name)) return undefined;
  const remedy = suggestedName(name);
  const example = remedy === undefined ? "" : `, such as ${remedy}`;
  return `"${name}" cannot be the name of an npm package. Use small letters, digits and hyphens${example}.`;
}

/**
 * The name that a project in this directory (an absolute path) gets: the directory's.
 *
 * @throws {UsageError} when a package cannot have it.
 */
export function nameOfDirectory(directory: string): string {
  const name = basename(directory);
  const problem = nameProblem(name);
  if (problem !== undefined) throw new UsageError(`${problem} Or keep the directory and give --name.`);
  return name;
}

/** Words that say what kind of thing a package is, and not what it is about. */
const GENERIC: readonly string[] = ["sluice", "plugin", "storage", "files", "cluster", ...KIND_NAMES];

/** What a plugin is about: `weather` for `@acme/sluice-notifier-weather` and for `weather-notifier`. */
export function subjectOf(name: string): string {
  const bare = name.replace(/^@[^/]*\//, "");
  const words = bare.toLowerCase().replaceAll(/[^a-z0-9]+/g, "-");
  const subject = withoutGeneric(words.replaceAll(/^-+|-+$/g, ""));
  return /^[a-z]/.test(subject) ? subject : `my-${subject}`.replace(/-$/, "");
}

/** `WeatherStation` for `weather-station`. */
export function pascalCase(subject: string): string {
  return subject.replaceAll(/(?:^|-)([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}

function withoutGeneric(words: string): string {
  const generic = GENERIC.find((word) => words.startsWith(`${word}-`) || words.endsWith(`-${word}`));
  if (generic === undefined) return words;
  const rest = words.startsWith(`${generic}-`)
    ? words.slice(generic.length + 1)
    : words.slice(0, -generic.length - 1);
  return withoutGeneric(rest);
}

function suggestedName(name: string): string | undefined {
  const suggestion = name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-+|-+$/g, "");
  return suggestion === "" ? undefined : TAKEN.includes(suggestion) ? `my-${suggestion}` : suggestion;
}
