import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { temporaryDirectory } from "./temporary-directory.ts";

const run = promisify(execFile);
const ROOT = fileURLToPath(new URL("../..", import.meta.url));

describe("npm run demo", { timeout: 60_000 }, () => {
  it("absorbs the failures, finds the exceptional delays and writes a report", async () => {
    const home = await temporaryDirectory();
    const args = ["run", "--silent", "demo", "--", "--json", "-p", "failureProbability=0.1", "-p", "seed=7"];
    const { stdout, stderr } = await run("npm", args, {
      cwd: ROOT,
      env: { ...process.env, SLUICE_HOME: home },
    });
    const outcome = JSON.parse(stdout);
    expect(outcome).toMatchObject({ state: { type: "COMPLETED" }, task_runs: { Completed: 3570 } });
    expect(outcome.retries).toBeGreaterThan(100);
    expect(stderr).toContain("Flights read flights=20000 hours=1784");
    expect(stderr).toContain(`28 exceptional flight delays\nReport: ${outcome.result}\n`);
    expect(stderr).not.toContain("is retried");
    const report = await readFile(outcome.result, "utf8");
    expect(report).toContain("| 2001/03/16 22:45 | LAX → DEN | 204 min | -7 min | 42.2 |\n");
    expect(report.match(/^\| 2001/gm)).toHaveLength(28);
  });
});
