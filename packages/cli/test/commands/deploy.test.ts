import { copyFile, mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { type RunSluice, setUpSluice } from "../run-sluice.ts";
import { spawnSluice } from "../spawn-sluice.ts";
import { temporaryDirectory } from "../temporary-directory.ts";

const MODULES = fileURLToPath(new URL("../../../../node_modules", import.meta.url));
const REPORT = fileURLToPath(new URL("../fixtures/report.ts", import.meta.url));

interface Project {
  readonly directory: string;
  /** Commands that read the history, in this process. */
  readonly sluice: RunSluice;
  /** Commands in the directory of the project. */
  run(...args: string[]): Promise<{ code: number | null; stdout: string; stderr: string }>;
  deployment(name: string): Promise<Record<string, unknown>>;
}

/** A project with a flow in it, and a `sluice.yaml` if there is text for one. */
async function project(file?: string): Promise<Project> {
  const [directory, home] = [await temporaryDirectory(), await temporaryDirectory()];
  await mkdir(join(directory, "src"));
  await copyFile(REPORT, join(directory, "src", "report.ts"));
  await symlink(MODULES, join(directory, "node_modules"));
  await writeFile(join(directory, "package.json"), '{"type":"module"}');
  if (file !== undefined) await writeFile(join(directory, "sluice.yaml"), file);
  const sluice = await setUpSluice({ home });
  return {
    directory,
    sluice,
    run: async (...args) => spawnSluice(args, { cwd: directory, home }).ended,
    deployment: async (name) => JSON.parse((await sluice(`deployment inspect ${name} --json`)).stdout),
  };
}

const FILE = `
name: demo
build:
  - run_shell_script: { id: build, script: "echo app:7; echo built >> builds.txt" }
deployments:
  - name: nightly
    entrypoint: src/report.ts:report
    version: "{{ build.stdout }}"
    parameters: { count: 3 }
    tags: [eu]
    schedules:
      - { cron: "0 6 * * *", timezone: Europe/Paris }
  - name: hourly
    entrypoint: src/report.ts:report
    schedules:
      - { interval: 3600 }
    pull:
      - git_clone: { repository: "{{ $REPO }}", branch: "v-{{ build.stdout }}" }
`;

describe("sluice deploy", { timeout: 60_000 }, () => {
  it("deploys what the file has, and runs its build steps once", async () => {
    const { run, deployment, directory } = await project(FILE);
    const ran = await run("deploy", "--all");
    expect(ran).toMatchObject({ code: 0, stdout: "Deployed report/nightly\nDeployed report/hourly\n" });
    expect(await readFile(join(directory, "builds.txt"), "utf8")).toBe("built\n");
    expect(await deployment("report/nightly")).toMatchObject({
      entrypoint: "src/report.ts:report",
      path: expect.stringContaining("sluice-cli-"),
      version: "app:7",
      parameters: { count: 3 },
      tags: ["eu"],
      schedules: [{ schedule: { cron: "0 6 * * *", timezone: "Europe/Paris" } }],
    });
    expect(await deployment("report/hourly")).toMatchObject({
      path: null,
      pull_steps: [{ git_clone: { repository: "{{ $REPO }}", branch: "v-app:7" } }],
    });
    expect((await run("deploy", "-n", "night*", "--tag", "us")).stdout).toBe(
      "Deployed again report/nightly\n",
    );
    expect(await deployment("report/nightly")).toMatchObject({ tags: ["us"] });
  });

  it("deploys a flow that is named, by the options alone", async () => {
    const { run, deployment, sluice } = await project();
    expect((await sluice("work-pool create main --type process")).code).toBe(0);
    const words =
      "src/report.ts:report -n daily --pool main -q fast --interval 1h30m -p count=5 -p title=12 --concurrency-limit 2 --collision-strategy CANCEL_NEW --paused --job-variable working_dir=/tmp --flow-version 9";
    const ran = await run("deploy", ...words.split(" "), "--json");
    expect(ran).toMatchObject({ code: 0, stderr: "" });
    expect(JSON.parse(ran.stdout)).toMatchObject([{ name: "report/daily", isNew: true }]);
    expect(await deployment("report/daily")).toMatchObject({
      version: "9",
      paused: true,
      work_pool_name: "main",
      work_queue_name: "fast",
      parameters: { count: 5, title: "12" },
      concurrency_limit: 2,
      concurrency_options: { collision_strategy: "CANCEL_NEW" },
      job_variables: { working_dir: "/tmp", command: "sluice flow-run execute" },
      schedules: [{ schedule: { interval: 5400 } }],
    });
  });

  it("says which of several is meant to be chosen, and what was meant", async () => {
    const { run } = await project(FILE);
    expect(await run("deploy")).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("has 2 deployments: nightly, hourly. Choose with -n <name>"),
    });
    expect((await run("deploy", "-n", "nigtly")).stderr).toContain("Did you mean nightly?");
  });

  it("says what is missing before anything is sent", async () => {
    const { run, sluice } = await project();
    expect((await run("deploy")).stderr).toContain("There is no sluice.yaml here.");
    expect((await run("deploy", "src/report.ts:report")).stderr).toContain("A deployment needs a name");
    const named = ["deploy", "src/report.ts:report", "-n", "x"];
    expect((await run(...named, "-p", "coun=1")).stderr).toContain("did you mean count?");
    expect((await run(...named, "--cron", "61 * * * *")).stderr).toContain(
      'Deployment "report/x": The minute',
    );
    expect((await run(...named, "--pool", "nope")).stderr).toContain('there is no work pool "nope"');
    expect((await run("deploy", "src/report.ts:repot", "-n", "x")).stderr).toContain("Did you mean report?");
    expect((await run("deploy", "flows/hello.py:hello", "-n", "x")).stderr).toContain("a flow in Python");
    expect((await sluice("deployment ls --json")).stdout.trim()).toBe("[]");
  });
});

describe("sluice build", { timeout: 60_000 }, () => {
  it("runs the build steps and tells what they gave", async () => {
    const { run } = await project(FILE);
    const ran = await run("build", "--json");
    expect(JSON.parse(ran.stdout)).toMatchObject({ build: { stdout: "app:7" } });
    const { run: runElsewhere } = await project();
    expect((await runElsewhere("build")).stderr).toContain("there is no sluice.yaml here");
  });
});

describe("sluice init", { timeout: 60_000 }, () => {
  it.each(["local", "git", "docker"])("starts a file of the recipe %s that can be read", async (recipe) => {
    const { run, directory } = await project();
    const ran = await run("init", "--recipe", recipe, "--name", "My demo");
    expect(ran).toMatchObject({ code: 0, stdout: `Wrote ${join(directory, "sluice.yaml")}\n` });
    const again = await run("init");
    expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining("is there already") });
    const deployed = await run("deploy", "-n", "defaul");
    expect(deployed.stderr).toContain("Did you mean default?");
  });
});
