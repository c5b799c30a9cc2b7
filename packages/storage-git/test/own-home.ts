/** What git checks out goes to a directory of this test file's own. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { resetSettings } from "@sluice/core";
import { afterAll } from "vitest";

const home = mkdtempSync(join(tmpdir(), "git-home-"));
process.env["SLUICE_HOME"] = home;
resetSettings();

afterAll(() => rmSync(home, { recursive: true, force: true }));
