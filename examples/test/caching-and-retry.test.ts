import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { temporaryDirectory } from "./temporary-directory.ts";

const MAIN = fileURLToPath(new URL("../../packages/cli/src/main.ts", import.meta.url));
const EXAMPLES = fileURLToPath(new URL("..", import.meta.url));

/** What `sluice … --json` prints, whatever its exit code. */
function sluice(
  home: string,
  ...args: string[]
): Promise<{ id: string; result: unknown; task_runs: object }> {
  const node = ["--conditions=@sluice/source", "--import", "tsx", MAIN];
  return new Promise((resolve, reject) => {
    execFile(
      process.execPath,
      [...node, ...args, "--json"],
      { cwd: EXAMPLES, env: { ...process.env, SLUICE_HOME: home } },
      (error, stdout, stderr) => {
        if (stdout === "") reject(new Error(stderr, { cause: error }));
        else resolve(JSON.parse(stdout));
      },
    );
  });
}

describe("caching and retry", { timeout: 60_000 }, () => {
  it("asks for no price again when the failed run is retried", async () => {
    const home = await temporaryDirectory();
    const first = await sluice(home, "run", "src/caching-and-retry.ts", "--name", "my-order");
    expect(first).toMatchObject({ result: null, task_runs: { Completed: 4, Failed: 1 } });
    const second = await sluice(home, "flow-run", "retry", "my-order", "-p", "shopIsOpen=true");
    expect(second).toMatchObject({
      id: first.id,
      result: "Ordered for 212.5",
      task_runs: { Completed: 1, Cached: 4 },
    });
  });
});
