/** Writes the files of a template. */
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { dirname, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import type { Choices } from "./choices.ts";
import { packageVersion } from "./package-version.ts";
import { pascalCase, subjectOf } from "./project-name.ts";
import { UsageError } from "./usage-error.ts";

const TEMPLATES_DIRECTORY = fileURLToPath(new URL("../templates/", import.meta.url));

/** What may be in a directory that is new for a project. */
const HARMLESS: ReadonlySet<string> = new Set([".git", ".gitattributes", ".DS_Store", ".idea", ".vscode"]);

/** Made where a template was installed or built in its place. */
const NOT_OF_TEMPLATES = /^(?:node_modules|dist)(?:[\\/]|$)/;

/** @throws {UsageError} when there are files in the directory already, or it is a file. */
export async function checkDirectory(directory: string): Promise<void> {
  const found = (await entriesOf(directory)).filter((name) => !HARMLESS.has(name));
  if (found.length === 0) return;
  const shown = found.slice(0, 3).join(", ");
  const more = found.length > 3 ? ` and ${found.length - 3} more` : "";
  throw new UsageError(`${directory} is not empty: it has ${shown}${more}. Name a new directory.`);
}

/** Writes the project, and gives the paths of its files. */
export async function scaffold({ directory, name, template, kind }: Choices): Promise<readonly string[]> {
  const personal = personalizer(name);
  const written: string[] = [];
  for (const part of kind === undefined ? [template] : [template, `${template}-${kind}`]) {
    const source = join(TEMPLATES_DIRECTORY, part);
    for (const path of await filesOf(source)) {
      const target = personal(path).replace("_gitignore", ".gitignore"); // npm leaves files of this name out of packages
      const text = await readFile(join(source, path), "utf8");
      await mkdir(join(directory, dirname(target)), { recursive: true });
      await writeFile(
        join(directory, target),
        path === "package.json" ? withVersions(personal(text)) : personal(text),
      );
      written.push(target);
    }
  }
  return written.toSorted();
}

/** Puts the project's name, and what a plugin is about, in the place of what templates say. */
function personalizer(name: string): (text: string) => string {
  const subject = subjectOf(name);
  const words: Readonly<Record<string, string>> = {
    "my-flows": name,
    "my-plugin": name,
    Acme: pascalCase(subject),
    acme: subject,
  };
  return (text) => text.replaceAll(/my-flows|my-plugin|Acme|acme/g, (word) => words[word] ?? word);
}

/** All packages of Sluice are released together, with one version. */
function withVersions(text: string): string {
  const version = packageVersion();
  const nextMajor = Number(version.split(".", 1)[0]) + 1;
  return text
    .replaceAll(/("(?:@sluice\/[a-z-]+|sluice)": )"\^0\.0\.0"/g, `$1"^${version}"`)
    .replaceAll(/("@sluice\/[a-z-]+": )">=0\.0\.0 <1"/g, `$1">=${version} <${nextMajor}"`);
}

async function filesOf(directory: string): Promise<string[]> {
  const entries = await readdir(directory, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(directory, join(entry.parentPath, entry.name)))
    .filter((path) => !NOT_OF_TEMPLATES.test(path));
}

async function entriesOf(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    if (code === "ENOENT") return [];
    if (code === "ENOTDIR") throw new UsageError(`${directory} is a file. Name a new directory.`);
    throw error;
  }
}
