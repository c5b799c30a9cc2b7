/** A home directory of a test, with a file of profiles if one is given. */
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

export async function temporaryHome(profiles?: string): Promise<string> {
  const home = await mkdtemp(join(tmpdir(), "sluice-settings-"));
  onTestFinished(() => rm(home, { recursive: true, force: true }));
  if (profiles !== undefined) await writeFile(join(home, "profiles.toml"), profiles);
  return home;
}
