/** Paths for databases, each in a directory of its own that goes when the test ends. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";

export async function temporaryDatabasePath(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "sluice-server-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  return join(directory, "history.db");
}
