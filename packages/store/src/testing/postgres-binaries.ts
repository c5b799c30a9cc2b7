/** Finds the programs of a PostgreSQL server. */
import { access, constants, readdir } from "node:fs/promises";
import { delimiter, join } from "node:path";

/** Where packages of Linux put them, because several versions may be installed; newest last. */
const VERSIONS_DIRECTORY = "/usr/lib/postgresql";

/** The directory with `initdb` and `postgres`; undefined when neither the PATH nor the usual place has one. */
export async function postgresBinaries(): Promise<string | undefined> {
  const onPath = (process.env["PATH"] ?? "").split(delimiter).filter((directory) => directory !== "");
  for (const directory of [...(await installedVersions()).toReversed(), ...onPath]) {
    if ((await isExecutable(join(directory, "initdb"))) && (await isExecutable(join(directory, "postgres"))))
      return directory;
  }
  return undefined;
}

async function installedVersions(): Promise<string[]> {
  try {
    const versions = await readdir(VERSIONS_DIRECTORY);
    return versions
      .sort((a, b) => Number(a) - Number(b))
      .map((version) => join(VERSIONS_DIRECTORY, version, "bin"));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
}

async function isExecutable(path: string): Promise<boolean> {
  try {
    await access(path, constants.X_OK);
    return true;
  } catch {
    // Absent, or not for this user: another place may have it.
    return false;
  }
}
