/** Before every test file: what is waited for may come late on a busy machine, and vitest has no setting for that. */
import { vi } from "vitest";

const PATIENCE_MS = 30_000;
const { waitFor } = vi;

/** `vi.waitFor`, whose own time-out is a second. */
const waitForLong: typeof vi.waitFor = (look, options) =>
  waitFor(look, { timeout: PATIENCE_MS, ...(typeof options === "number" ? { timeout: options } : options) });

// Files share a worker, and so do they share `vi`.
if (waitFor.name !== waitForLong.name) vi.waitFor = waitForLong;
