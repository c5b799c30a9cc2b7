import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { closeEngines, loadFlow, loadSettings, openHistory, runFlow, temporarySettings } from "@sluice/core";
import { describe, expect, it, vi } from "vitest";
import { type RunSluice, setUpSluice } from "../run-sluice.ts";
import { spawnSluice } from "../spawn-sluice.ts";
import { temporaryDirectory } from "../temporary-directory.ts";
import { setUpDeployment } from "./deployed.ts";

const TROUBLE = fileURLToPath(new URL("../fixtures/trouble.ts", import.meta.url));
const WAIT = { timeout: 20_000, interval: 50 };
const ON_TERMINAL = { isTTY: true, env: { TERM: "xterm", NO_COLOR: "1" } };

/** Runs the flow `needs-file` in this process, in the history of `home`; it fails unless the file exists. */
async function runNeedsFile(
  home: string,
  parameters: Record<string, unknown>,
): Promise<{ id: string; name: string }> {
  const { flow } = await loadFlow(`${TROUBLE}:needs-file`);
  let begun: { readonly id: string; readonly name: string } | undefined;
  const onBegin = (run: { readonly id: string; readonly name: string }): void => {
    begun = run;
  };
  await temporarySettings({ home, "logging.to_terminal": false }, async () => {
    await runFlow(flow, { parameters, onBegin });
    await closeEngines();
  });
  if (begun === undefined) throw new Error("The flow has not begun.");
  return begun;
}

async function historyWithFailure(): Promise<
  RunSluice & { readonly home: string; readonly run: { readonly id: string; readonly name: string } }
> {
  const sluice = await setUpSluice();
  const { id, name } = await runNeedsFile(sluice.home, { path: "/nowhere" });
  return Object.assign(sluice, { run: { id, name } });
}

describe("sluice flow-run ls", () => {
  it("prints aligned columns with relative times on a terminal, bare values in a pipe, wire objects as JSON", async () => {
    const sluice = await historyWithFailure();
    const { id, name } = sluice.run;
    const lines = (await sluice("flow-run ls", ON_TERMINAL)).stdout.split("\n");
    expect(lines[0]).toMatch(/^NAME +FLOW +STATE +STARTED +DURATION +ID$/);
    expect(lines[1]).toMatch(new RegExp(`^${name} +needs-file +Failed +(now|\\d+ s ago) +\\d.* +${id}$`));
    expect((await sluice("flow-run ls")).stdout).toMatch(
      new RegExp(`^${name}\tneeds-file\tFailed\t\\d{4}-\\d\\d-\\d\\dT\\S+Z\t[\\d.]+\t${id}\n$`),
    );
    const [run] = JSON.parse((await sluice("flow-run ls --json")).stdout);
    expect(run).toMatchObject({
      id,
      name,
      state_type: "FAILED",
      parameters: { path: "/nowhere" },
      run_count: 1,
    });
  });

  it("filters by flow, state, type and number", async () => {
    const sluice = await historyWithFailure();
    await runNeedsFile(sluice.home, { path: TROUBLE });
    const states = async (options: string): Promise<string[]> =>
      (await sluice(`flow-run ls ${options}`)).stdout
        .split("\n")
        .flatMap((line) => line.split("\t")[2] ?? []);
    expect(await states("")).toEqual(["Completed", "Failed"]);
    expect(await states("--limit 1")).toEqual(["Completed"]);
    expect(await states("--state failed")).toEqual(["Failed"]);
    expect(await states("--state-type completed --flow-name needs-file")).toEqual(["Completed"]);
    expect(await states("--flow-name other")).toEqual([]);
    expect((await sluice("flow ls")).stdout).toMatch(/^needs-file\t/);
  });

  it("says when nothing is kept", async () => {
    const sluice = await setUpSluice();
    const { stdout, stderr } = await sluice("flow-run ls", { env: { SLUICE_HISTORY: "memory" } });
    expect(stdout).toBe("");
    expect(stderr).toBe(
      "warning: The setting history.mode is memory, so runs of other processes are not kept anywhere.\n",
    );
  });

  it("shows a run whose process was killed as crashed", { timeout: 60_000 }, async () => {
    const sluice = await setUpSluice();
    const { child, ended, says } = spawnSluice(["run", "trouble.ts:patient"], { home: sluice.home });
    await says("Working");
    await vi.waitFor(async () => expect((await sluice("task-run ls")).stdout).toContain("Running"), WAIT);
    child.kill("SIGKILL");
    expect((await ended).code).toBe(-1);
    expect((await sluice("flow-run ls")).stdout).toMatch(/\tpatient\tCrashed\t/);
    expect((await sluice("task-run ls")).stdout).toMatch(/^until-stopped-0\t.*\tCrashed\t/);
  });
});

describe("sluice flow-run inspect", () => {
  it("shows facts, parameters, failed task runs and states", async () => {
    const sluice = await historyWithFailure();
    const { stdout } = await sluice(`flow-run inspect ${sluice.run.name}`, ON_TERMINAL);
    expect(stdout).toMatch(new RegExp(`^Failed {2}needs-file / ${sluice.run.name}$`, "m"));
    expect(stdout).toMatch(
      /^ {2}reason +Flow run encountered an exception: RangeError: There is no \/nowhere$/m,
    );
    expect(stdout).toMatch(/^ {2}task runs +2 Completed, 1 Failed$/m);
    expect(stdout).toMatch(/^ {2}parameters +path = "\/nowhere"$/m);
    expect(stdout).toMatch(
      /^FAILED TASK RUN +STATE +MESSAGE\nrequire-file-0 +Failed +Task run .*RangeError/m,
    );
    expect(stdout).toMatch(/^ENTERED +STATE +LASTED +MESSAGE\n\S+ \S+ +Pending.*\n.*Running.*\n.*Failed/m);
  });

  it("prints the wire object with what belongs to it as JSON, by id", async () => {
    const sluice = await historyWithFailure();
    const run = JSON.parse((await sluice(`flow-run inspect ${sluice.run.id} --json`)).stdout);
    expect(run).toMatchObject({
      id: sluice.run.id,
      flow_name: "needs-file",
      states: [{ type: "PENDING" }, { type: "RUNNING" }, { type: "FAILED" }],
      task_run_counts: { Completed: 2, Failed: 1 },
      failed_task_runs: [{ name: "require-file-0", state_type: "FAILED" }],
    });
  });

  it("lists the runs that have one name, and suggests a name", async () => {
    const sluice = await historyWithFailure();
    const second = await runNeedsFile(sluice.home, { path: "/nowhere" });
    const api = await openHistory(loadSettings({ env: { SLUICE_HOME: sluice.home } }));
    for (const { id } of [sluice.run, second]) await api.flowRuns.update(id, { name: "twin" });
    await closeEngines();
    const several = await sluice("flow-run inspect twin");
    expect(several).toMatchObject({ code: 1, stdout: "" });
    expect(several.stderr).toContain('Several flow runs are called "twin". Give the id of one of them:');
    expect(several.stderr).toMatch(new RegExp(`^ {2}${second.id} {2}Failed {2}\\d{4}`, "m"));
    expect((await sluice("flow-run logs tiwn")).stderr).toBe(
      'error: There is no flow run "tiwn". Did you mean twin?\n',
    );
    const id = "01a1f97d-4c9a-7000-8000-b487b0dadd82";
    expect((await sluice(`flow-run inspect ${id}`)).stderr).toBe(`error: There is no flow run ${id}.\n`);
  });
});

describe("sluice flow-run logs", () => {
  it("prints lines with the names of task runs, all or some", async () => {
    const sluice = await historyWithFailure();
    const { name } = sluice.run;
    const all = (await sluice(`flow-run logs ${name}`)).stdout.trimEnd().split("\n");
    expect(all[0]).toMatch(new RegExp(`^\\S+Z info +${name} {2}Flow run began`));
    expect(all[1]).toContain(`error    ${name} / require-file-0  Task run did not complete`);
    expect((await sluice(`flow-run logs ${name} --head 1`)).stdout).toBe(`${all[0]}\n`);
    expect((await sluice(`flow-run logs ${name} --tail 2`)).stdout).toBe(`${all.slice(-2).join("\n")}\n`);
    expect((await sluice(`flow-run logs ${name} --level error`)).stdout).toBe(`${all.slice(1).join("\n")}\n`);
    const [log] = JSON.parse((await sluice(`flow-run logs ${name} --json --tail 1`)).stdout);
    expect(log).toMatchObject({ flow_run_id: sluice.run.id, level: 40 });
  });
});

describe("sluice flow-run logs --follow", { timeout: 60_000 }, () => {
  it("goes on from the last lines with new ones until the run has ended", async () => {
    const sluice = await setUpSluice();
    const { child, ended, says } = spawnSluice(["run", "trouble.ts:patient", "--name", "busy"], {
      home: sluice.home,
    });
    await says("Working");
    const logs = async (): Promise<string> => (await sluice("flow-run logs busy")).stdout;
    await vi.waitFor(async () => expect(await logs()).toContain("Working"), WAIT);
    const follow = spawnSluice(["flow-run", "logs", "busy", "--tail", "1", "--follow"], {
      home: sluice.home,
    });
    await follow.prints("Working");
    child.kill("SIGINT");
    await ended;
    const { code, stdout } = await follow.ended;
    expect(code).toBe(0);
    expect(stdout).toBe((await logs()).split("\n").slice(1).join("\n"));
    expect(stdout).toMatch(/Working\n.*Flow run ended state=Cancelled/);
  });
});

describe("sluice flow-run retry", { timeout: 60_000 }, () => {
  it("runs the same run again with its parameters, and takes persisted results from the cache", async () => {
    const sluice = await setUpSluice();
    const path = join(await temporaryDirectory(), "file");
    const args = ["run", "trouble.ts:needs-file", "-p", `path=${path}`, "--json"];
    const failed = await spawnSluice(args, { home: sluice.home }).ended;
    const run: { id: string; name: string } = JSON.parse(failed.stdout);
    await writeFile(path, "");
    const retry = spawnSluice(["flow-run", "retry", run.name], { home: sluice.home });
    const { code, stderr } = await retry.ended;
    expect(code).toBe(0);
    expect(stderr).toMatch(/^ {2}task runs +3: 1 Completed, 2 Cached$/m);
    const again = JSON.parse((await sluice(`flow-run inspect ${run.name} --json`)).stdout);
    expect(again).toMatchObject({ id: run.id, state_type: "COMPLETED", run_count: 2 });
    const third = await spawnSluice(["flow-run", "retry", run.name], { home: sluice.home }).ended;
    expect(third.code).toBe(1);
    expect(third.stderr).toBe(
      `error: Flow run ${run.name} cannot be retried: it completed. "sluice run" makes another run of its flow.\n`,
    );
  });

  it("takes other parameters, and asks for those that the history could not keep", async () => {
    const sluice = await setUpSluice();
    const { name } = await runNeedsFile(sluice.home, { path: "/nowhere", token: () => "secret" });
    const refused = await spawnSluice(["flow-run", "retry", name], { home: sluice.home }).ended;
    expect(refused).toMatchObject({ code: 1, stdout: "" });
    expect(refused.stderr).toContain("token: the history could not keep its value, give it with -p token=…");
    const args = ["flow-run", "retry", name, "-p", "token=null", "-p", `path=${TROUBLE}`, "--json"];
    const retried = await spawnSluice(args, { home: sluice.home }).ended;
    expect(JSON.parse(retried.stdout)).toMatchObject({ name, state: { type: "COMPLETED" }, result: [2, 4] });
    const [run] = JSON.parse((await sluice("flow-run ls --json")).stdout);
    expect(run.parameters).toEqual({ path: TROUBLE, token: null });
  });
});

describe("sluice flow-run explain, watch and cancel", { timeout: 60_000 }, () => {
  it("says why a run waits, shows how it ends, and stops it", async () => {
    const sluice = await setUpDeployment({ parameters: { day: "x" } });
    await sluice("deployment run nightly --name waiting");
    expect((await sluice("flow-run explain waiting")).stdout).toBe(
      "Scheduled  waiting\n  held       No worker serves the work pool machines: none has ever served it.\n" +
        "  do         sluice worker start --pool machines\n",
    );
    const { reasons } = JSON.parse((await sluice("flow-run explain waiting --json")).stdout);
    expect(reasons).toMatchObject([{ code: "NO_WORKER", is_holding: true }]);
    const late = await sluice("flow-run watch waiting --timeout 1s");
    expect(late).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("sluice flow-run explain waiting"),
    });
    expect((await sluice("flow-run cancel waiting")).stdout).toMatch(/^Cancelled waiting \([\w-]+\)\.\n$/);
    const watched = await sluice("flow-run watch waiting --json");
    expect([watched.code, JSON.parse(watched.stdout).state_type]).toEqual([1, "CANCELLED"]);
    expect(await sluice("flow-run cancel waiting")).toMatchObject({
      code: 1,
      stderr: "error: Flow run waiting cannot be cancelled: it has ended already (Cancelled).\n",
    });
  });

  it("tells the process that executes a run to stop", async () => {
    const sluice = await setUpSluice();
    const { ended, says } = spawnSluice(["run", "trouble.ts:patient", "--name", "busy"], {
      home: sluice.home,
    });
    await says("Working");
    await vi.waitFor(async () => expect((await sluice("flow-run ls")).stdout).toContain("Running"), WAIT);
    expect((await sluice("flow-run cancel busy")).stdout).toMatch(
      /^Told busy \([\w-]+\) to stop: it is Cancelling\.\n$/,
    );
    expect((await ended).code).toBe(1);
    expect((await sluice("flow-run ls --state cancelled")).stdout).toContain("busy");
  });
});

describe("sluice flow-run delete", () => {
  it("deletes a run with what belongs to it", async () => {
    const sluice = await historyWithFailure();
    const { id, name } = sluice.run;
    expect((await sluice(`flow-run delete ${name}`)).stdout).toBe(`Deleted flow run ${name} (${id}).\n`);
    expect((await sluice("flow-run ls --json")).stdout).toBe("[]\n");
    expect((await sluice("task-run ls --json")).stdout).toBe("[]\n");
  });

  it("leaves a run alone that has not ended", async () => {
    const sluice = await setUpSluice();
    const api = await openHistory(loadSettings({ env: { SLUICE_HOME: sluice.home } }));
    const { id: flow_id } = await api.flows.create({ name: "waiting" });
    const { name } = await api.flowRuns.create({ flow_id, state: { type: "PENDING" } });
    await closeEngines();
    const { code, stderr } = await sluice(`flow-run delete ${name}`);
    expect(code).toBe(1);
    expect(stderr).toContain(`Flow run ${name} is Pending and cannot be deleted.`);
  });
});

describe("sluice flow-run refuses", () => {
  it.each([
    ["flow-run ls --limit 0", "It takes a whole number above 0."],
    ["flow-run ls --state-type done", "It takes one of SCHEDULED,"],
    ["flow-run logs x --head 1 --tail 1", "cannot be used with option"],
    ["flow-run logs x --follow --json", "cannot be used with option '--json'"],
    ["flow-run logs x --level loud", "Allowed choices are debug, info, warn, error, critical."],
    ["flow-run retry x -p path", "Write it as key=value."],
    ["flow-run retry x --params [1]", "Write it as a JSON object"],
    ["flow-run retry x --params @/nowhere", "The file cannot be read"],
    ["flow-run inspect", "missing required argument 'id|name'"],
    ["flow-run lss", "(Did you mean ls?)"],
  ])("%j as a wrong command line", async (line, message) => {
    const sluice = await setUpSluice();
    const ran = await sluice(line);
    expect(ran).toMatchObject({ code: 2, stdout: "" });
    expect(ran.stderr).toContain(message);
  });
});

describe("sluice task-run", () => {
  it("lists, inspects and shows logs within a flow run", async () => {
    const sluice = await historyWithFailure();
    const { name } = sluice.run;
    await runNeedsFile(sluice.home, { path: "/nowhere" });
    const within = `--flow-run ${name}`;
    const { stdout } = await sluice(`task-run ls ${within} --state-type failed`);
    expect(stdout).toMatch(new RegExp(`^require-file-0\t${name}\tFailed\t\\S+\t[\\d.e-]+\t1\t\\S+\n$`));
    expect(JSON.parse((await sluice(`task-run ls ${within} --json`)).stdout)).toHaveLength(3);
    const loaded = (await sluice(`task-run inspect load-0 ${within}`)).stdout;
    expect(loaded).toMatch(new RegExp(`^Completed {2}${name} / load-0$`, "m"));
    expect(loaded).toMatch(/^ {2}cache key +\S+$/m);
    const run = JSON.parse((await sluice(`task-run inspect require-file-0 ${within} --json`)).stdout);
    expect(run).toMatchObject({ flow_run_name: name, states: expect.any(Array), state_type: "FAILED" });
    expect((await sluice(`task-run logs require-file-0 ${within}`)).stdout).toContain(
      "Task run did not complete",
    );
    expect((await sluice("task-run inspect load-0")).stderr).toContain(
      'Several task runs are called "load-0".',
    );
    expect((await sluice(`task-run inspect laod-0 ${within}`)).stderr).toContain("Did you mean load-0?");
  });
});
