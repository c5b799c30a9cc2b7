import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { setUpSluice } from "../run-sluice.ts";
import { spawnSluice } from "../spawn-sluice.ts";
import { temporaryDirectory } from "../temporary-directory.ts";

const MODULES = fileURLToPath(new URL("../../../../node_modules", import.meta.url));

/** Runs the command to its end. */
async function runSluice(
  args: readonly string[],
  options: { home?: string; cwd?: string; env?: Record<string, string> } = {},
) {
  const home = options.home ?? (await temporaryDirectory());
  return spawnSluice(args, { ...options, home }).ended;
}

describe("sluice run, in a pipe", { timeout: 60_000 }, () => {
  it("runs a flow in TypeScript and sums up on standard error", async () => {
    const ran = await runSluice(["run", "report.ts", "-p", "count=3", "-p", "title=12", "--name", "my-run"]);
    expect(ran).toMatchObject({ code: 0, stdout: "printed by the flow\n" });
    expect(ran.stderr).toMatch(/info +my-run {2}Doubling count=3 title=12$/m);
    expect(ran.stderr).toMatch(/^Completed {2}report \/ my-run$/m);
    expect(ran.stderr).toMatch(/^ {2}task runs +3 Completed$/m);
    expect(ran.stderr).toContain("{ title: '12', numbers: [ 0, 2, 4 ] }");
    expect(ran.stderr).toContain("sluice flow-run inspect my-run");
    expect(ran.stderr).not.toContain("\u001b");
  });

  it("prints the outcome as JSON, and what the flow prints elsewhere", async () => {
    const home = await temporaryDirectory();
    const args = [
      "run",
      "report.ts:report",
      "--params",
      '{"count": 1}',
      "-t",
      "nightly",
      "-t",
      "eu",
      "--json",
    ];
    const ran = await runSluice(args, { home });
    const outcome = JSON.parse(ran.stdout);
    expect(outcome).toMatchObject({
      flow_name: "report",
      state: { type: "COMPLETED", name: "Completed" },
      result: { title: "Numbers", numbers: [0] },
      error: null,
      task_runs: { Completed: 1 },
      task_run_count: 1,
      retries: 0,
    });
    expect(ran.stderr).toContain("printed by the flow\n");
    const sluice = await setUpSluice({ home });
    const [run] = JSON.parse((await sluice("flow-run ls --json")).stdout);
    expect(run).toMatchObject({
      id: outcome.id,
      name: outcome.name,
      tags: ["nightly", "eu"],
      parameters: { count: 1 },
    });
  });

  it("says why a flow failed and where, and exits with 1", async () => {
    const ran = await runSluice(["run", "trouble.ts:needs-file", "-p", "path=/nowhere", "--json"]);
    expect(ran.code).toBe(1);
    expect(JSON.parse(ran.stdout)).toMatchObject({
      state: { type: "FAILED" },
      result: null,
      error: { name: "RangeError", message: "There is no /nowhere" },
      task_runs: { Completed: 2, Failed: 1 },
    });
    expect(ran.stderr).toMatch(
      /^ {2}reason +Flow run encountered an exception: RangeError: There is no \/nowhere$/m,
    );
    expect(ran.stderr).toMatch(/^ +at .*trouble\.ts:9:\d+\)$/m);
    expect(ran.stderr).not.toContain("packages/core/src");
    expect(ran.stderr).toContain("sluice flow-run retry ");
  });

  it("uses the profile that it is told", async () => {
    const sluice = await setUpSluice();
    await sluice("profile create scratch");
    await sluice("config set --profile scratch history.mode=memory");
    const ran = await runSluice(["run", "report.ts", "-p", "count=0", "--profile", "scratch"], {
      home: sluice.home,
    });
    expect(ran).toMatchObject({ code: 0, stderr: expect.not.stringContaining("sluice flow-run inspect") });
    expect((await sluice("flow-run ls --json")).stdout).toBe("[]\n");
  });

  it("takes TypeScript with import and export for modules, whatever package.json says", async () => {
    const cwd = await temporaryDirectory();
    await symlink(MODULES, join(cwd, "node_modules"));
    await writeFile(join(cwd, "package.json"), '{ "type": "commonjs" }');
    await mkdir(join(cwd, "lib"));
    await writeFile(
      join(cwd, "lib", "triple.ts"),
      "export const triple = (value: number): number => value * 3;\n",
    );
    const source = `import { flow } from "@sluice/core";\nimport { triple } from "./lib/triple";\nenum Start { At = 4 }\n`;
    await writeFile(
      join(cwd, "flow.ts"),
      `${source}export const old = flow({ name: "old" }, async () => triple(Start.At));\n`,
    );
    const ran = await runSluice(["run", "flow.ts", "--json"], { cwd });
    expect(JSON.parse(ran.stdout)).toMatchObject({ flow_name: "old", result: 12 });
  });
});

describe("sluice run refuses", { timeout: 60_000 }, () => {
  it.each([
    [["run", "report.ts"], "count: is required (How many numbers), give it with -p count=…"],
    [["run", "report.ts", "-p", "cuont=1"], "cuont: there is no such parameter, did you mean count?"],
    [["run", "absent.ts"], "absent.ts. An entrypoint is path/to/file.ts or path/to/file.ts:flow."],
    [["run", "trouble.ts"], "exports several flows: needsFile, patient, stubborn. Say which:"],
    [["run", "trouble.ts:patent"], 'exports no flow "patent". Did you mean patient?'],
  ])("%j with exit code 1", async (args, message) => {
    const ran = await runSluice(args);
    expect(ran).toMatchObject({ code: 1, stdout: "" });
    expect(ran.stderr).toMatch(/^error: /);
    expect(ran.stderr).toContain(message);
    expect(ran.stderr).not.toContain("    at ");
  });

  it("a file that cannot be parsed, naming the line", async () => {
    const cwd = await temporaryDirectory();
    await writeFile(join(cwd, "broken.ts"), "export const one = 1;\nconst = 2;\n");
    const ran = await runSluice(["run", "broken.ts"], { cwd });
    expect(ran.code).toBe(1);
    expect(ran.stderr).toContain("broken.ts:2:6: ERROR: Expected identifier");
    expect(ran.stderr).not.toContain("    at ");
  });

  it("a file that throws, with the place there; the whole stack only at log level debug", async () => {
    const cwd = await temporaryDirectory();
    await writeFile(
      join(cwd, "throws.ts"),
      'function boom(): never {\n  throw new Error("at import");\n}\nexport const x = boom();\n',
    );
    const [plain, debugging] = await Promise.all([
      runSluice(["run", "throws.ts"], { cwd }),
      runSluice(["run", "throws.ts"], { cwd, env: { SLUICE_LOGGING_LEVEL: "debug" } }),
    ]);
    expect(plain.stderr).toMatch(
      /^error: .*throws\.ts could not be loaded: at import\.\n +at boom \(.*throws\.ts:2:9\)\n +at .*throws\.ts:4:18\)\n$/,
    );
    expect(debugging.stderr).toContain("entrypoint.ts");
  });
});

describe("sluice run, told to stop", { timeout: 60_000 }, () => {
  it("by Ctrl-C cancels the run, sums up and exits with 130", async () => {
    const home = await temporaryDirectory();
    const { child, ended, says } = spawnSluice(["run", "trouble.ts:patient"], { home });
    await says("Working");
    child.kill("SIGINT");
    const ran = await ended;
    expect(ran.code).toBe(130);
    expect(ran.stderr).toContain("Ctrl-C: the flow run is told to stop and has 10 s to clean up");
    expect(ran.stderr).toMatch(/^Cancelled {2}patient \/ /m);
    const sluice = await setUpSluice({ home });
    const { stdout } = await sluice("task-run ls --json");
    expect(JSON.parse(stdout)).toMatchObject([{ state_type: "CANCELLED" }]);
    expect(JSON.parse((await sluice("flow-run ls --json")).stdout)).toMatchObject([
      { state_type: "CANCELLED" },
    ]);
  });

  it("by SIGTERM crashes the run, sums up and exits with 143", async () => {
    const home = await temporaryDirectory();
    const { child, ended, says } = spawnSluice(["run", "trouble.ts:patient"], { home });
    await says("Working");
    child.kill("SIGTERM");
    const ran = await ended;
    expect(ran.code).toBe(143);
    expect(ran.stderr).toMatch(/^Crashed {2}patient \/ /m);
  });

  it("twice by Ctrl-C ends at once, and the history says that the run crashed", async () => {
    const home = await temporaryDirectory();
    const { child, ended, says } = spawnSluice(["run", "trouble.ts:stubborn"], { home });
    await says("Working");
    child.kill("SIGINT");
    await says("once more ends it at once");
    child.kill("SIGINT");
    expect((await ended).code).toBe(130);
    const sluice = await setUpSluice({ home });
    expect((await sluice("flow-run ls")).stdout).toMatch(/\tstubborn\tCrashed\t/);
  });
});
