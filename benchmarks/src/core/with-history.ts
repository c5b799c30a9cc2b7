/** Runs a measured body with a history of its own. */
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { closeEngines, temporarySettings } from "@sluice/core";

export async function withHistory<T>(mode: "sqlite" | "off", work: (home: string) => Promise<T>): Promise<T> {
  const home = await mkdtemp(join(tmpdir(), "sluice-bench-"));
  const overrides = { home, "history.mode": mode, "logging.to_terminal": false } as const;
  try {
    return await temporarySettings(overrides, () => work(home));
  } finally {
    await closeEngines();
    await rm(home, { recursive: true, force: true });
  }
}
