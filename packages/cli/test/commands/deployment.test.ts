import { describe, expect, it } from "vitest";
import { spawnSluice } from "../spawn-sluice.ts";
import { setUpDeployment } from "./deployed.ts";

/** Every command opens a history of its own. */
const SLOW = { timeout: 30_000 };
const ON_TERMINAL = { isTTY: true, env: { TERM: "xterm", NO_COLOR: "1" } };

describe("sluice deployment ls and inspect", SLOW, () => {
  it("show where runs go and when, as a table, as facts and as JSON", async () => {
    const sluice = await setUpDeployment({
      schedules: [{ schedule: { cron: "0 6 * * *", timezone: "Europe/Paris" }, slug: "mornings" }],
      parameters: { day: "today" },
      tags: ["etl"],
    });
    const { id } = sluice.deployment;
    expect((await sluice("deployment ls")).stdout).toBe(
      `report/nightly\tmachines\t0 6 * * * (Europe/Paris)\tnot ready\t${id}\n`,
    );
    expect((await sluice("deployment ls --flow-name other")).stdout).toBe("");
    expect((await sluice("deployment ls --tag etl --pool machines --json")).stdout).toContain(id);
    const { stdout } = await sluice("deployment inspect report/nightly", ON_TERMINAL);
    expect(stdout).toMatch(/^not ready {2}report\/nightly$/m);
    expect(stdout).toMatch(/^ {2}entrypoint +src\/report\.ts:report$/m);
    expect(stdout).toMatch(/^ {2}parameters +day = "today"$/m);
    expect(stdout).toMatch(/^mornings +0 6 \* \* \* \(Europe\/Paris\) +active /m);
    const inspected = JSON.parse((await sluice(`deployment inspect ${id} --json`)).stdout);
    expect(inspected).toMatchObject({ id, flow_name: "report", work_pool_name: "machines" });
  });

  it("take the deployment's name alone, and suggest what might be meant", async () => {
    const sluice = await setUpDeployment();
    expect(JSON.parse((await sluice("deployment inspect nightly --json")).stdout)).toMatchObject({
      name: "nightly",
    });
    const unknown = await sluice("deployment inspect report/nihgtly");
    expect(unknown).toMatchObject({
      code: 1,
      stderr: 'error: There is no deployment "report/nihgtly". Did you mean report/nightly?\n',
    });
    await sluice.inHistory(async (api) => {
      const flow = await api.flows.create({ name: "other" });
      await api.deployments.create({ name: "nightly", flow_id: flow.id });
    });
    const several = await sluice("deployment inspect nightly");
    expect(several.stderr).toContain('Several deployments are called "nightly".');
    expect(several.stderr).toMatch(/ {2}other\/nightly$/m);
  });
});

describe("sluice deployment run", SLOW, () => {
  it("makes a run with parameters of the schema's types, now or later", async () => {
    const sluice = await setUpDeployment();
    const line = "deployment run report/nightly -p day=2026 -p limit=3 --name first -t by-hand --json";
    expect(JSON.parse((await sluice(line)).stdout)).toMatchObject({
      name: "first",
      state_type: "SCHEDULED",
      parameters: { day: "2026", limit: 3 },
      tags: ["by-hand"],
      deployment_id: sluice.deployment.id,
    });
    const later = await sluice(
      "deployment run report/nightly -p day=x --start-at 2031-01-01T06:00:00Z --json",
    );
    expect(JSON.parse(later.stdout).next_scheduled_start_time).toBe("2031-01-01T06:00:00.000000Z");
    const told = await sluice("deployment run report/nightly -p day=x --start-in 1h30m");
    expect(told.stdout).toMatch(/^Made \S+ \([\w-]+\) of report\/nightly, due \d{4}-.+\.\n$/);
    const first = await sluice("deployment run report/nightly -p day=x --idempotency-key k --json");
    const again = await sluice("deployment run report/nightly -p day=y --idempotency-key k --json");
    expect(JSON.parse(again.stdout).id).toBe(JSON.parse(first.stdout).id);
  });

  it("says which parameters are wrong before it makes a run", async () => {
    const sluice = await setUpDeployment();
    const { code, stderr } = await sluice("deployment run report/nightly -p dayz=1");
    expect(code).toBe(1);
    expect(stderr).toContain("dayz: there is no such parameter, did you mean day?");
    expect(stderr).toContain("day: is required, give it with -p day=…");
    expect((await sluice("flow-run ls")).stdout).toBe("");
  });

  it("with --watch waits for the end, and gives up when it is told to", async () => {
    const sluice = await setUpDeployment({ parameters: { day: "x" } });
    const late = await sluice("deployment run report/nightly --watch --timeout 1s");
    expect(late.code).toBe(1);
    expect(late.stderr).toContain("is Scheduled after 1.0 s, and goes on.");
    const watched = spawnSluice(["deployment", "run", "nightly", "--watch", "--name", "seen"], sluice);
    await watched.says("seen  Scheduled");
    await sluice.inHistory(async (api) => {
      const [run] = await api.flowRuns.filter({ flow_runs: { name: { any_: ["seen"] } } });
      await api.flowRuns.setState(run?.id ?? "", { state: { type: "COMPLETED" }, force: true });
    });
    const { code, stdout, stderr } = await watched.ended;
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^Completed {2}seen {2}\d+ ms\n$/)]);
    expect(stderr).toMatch(/ {2}seen {2}Completed$/m);
  });
});

describe("sluice deployment pause, resume and delete", SLOW, () => {
  it("change the deployment", async () => {
    const sluice = await setUpDeployment();
    const isPaused = async (): Promise<boolean> =>
      JSON.parse((await sluice("deployment inspect nightly --json")).stdout).paused;
    expect((await sluice("deployment pause report/nightly")).stdout).toBe("Paused report/nightly.\n");
    expect(await isPaused()).toBe(true);
    expect((await sluice("deployment ls")).stdout).toContain("\tpaused\t");
    expect((await sluice("deployment resume report/nightly")).stdout).toBe("Resumed report/nightly.\n");
    expect(await isPaused()).toBe(false);
    expect((await sluice("deployment delete report/nightly")).stdout).toMatch(/^Deleted report\/nightly/);
    expect((await sluice("deployment ls --json")).stdout).toBe("[]\n");
  });
});

describe("sluice deployment schedule", SLOW, () => {
  it("adds, lists, pauses, resumes and deletes schedules", async () => {
    const sluice = await setUpDeployment({ parameters: { day: "x" } });
    const made = await sluice(
      "deployment schedule create report/nightly --cron @daily --timezone Europe/Paris --slug nights -p limit=3",
    );
    expect(made.stdout).toMatch(/^Added @daily \(Europe\/Paris\) to report\/nightly \([\w-]+\)\.\n$/);
    await sluice(
      "deployment schedule create nightly --interval 1h30m --anchor 2026-01-01T00:00:00Z --no-active",
    );
    const list = (await sluice("deployment schedule ls nightly")).stdout;
    expect(list).toMatch(/^nights\t@daily \(Europe\/Paris\)\tactive\t\{"limit":3\}\t\S+$/m);
    expect(list).toMatch(/^\tevery 1 h 30 min\tpaused\t\t\S+$/m);
    expect((await sluice("deployment schedule pause nightly nights")).code).toBe(0);
    expect((await sluice("deployment schedule ls nightly")).stdout).not.toContain("\tactive\t");
    expect((await sluice("deployment schedule resume nightly nights")).code).toBe(0);
    expect((await sluice("deployment schedule pause nightly night")).stderr).toContain(
      "Did you mean nights?",
    );
    expect((await sluice("deployment schedule delete nightly nights")).stdout).toBe(
      "Deleted nights of report/nightly.\n",
    );
    expect((await sluice("deployment schedule clear nightly --json")).stdout).toContain("deleted");
    expect((await sluice("deployment schedule ls nightly")).stdout).toBe("");
  });

  it("previews what the server makes, by the clock of the zone when clocks change", async () => {
    const sluice = await setUpDeployment({ parameters: { day: "x" } });
    await sluice("deployment schedule create nightly --cron @daily --timezone Europe/Paris --slug nights");
    const preview = await sluice("deployment schedule preview nightly --from 2026-03-28T12:00:00Z --count 3");
    expect(preview.stdout).toBe(
      [
        "Sun 2026-03-29 00:00:00 GMT+1\t2026-03-28T23:00:00.000000Z\tnights",
        "Mon 2026-03-30 00:00:00 GMT+2\t2026-03-29T22:00:00.000000Z\tnights",
        "Tue 2026-03-31 00:00:00 GMT+2\t2026-03-30T22:00:00.000000Z\tnights",
        "",
      ].join("\n"),
    );
    const made = await sluice.inHistory((api) =>
      api.flowRuns.filter({
        flow_runs: { state: { type: { any_: ["SCHEDULED"] } } },
        sort: "NEXT_SCHEDULED_START_TIME_ASC",
      }),
    );
    const previewed = JSON.parse(
      (await sluice("deployment schedule preview nightly --count 3 --json")).stdout,
    );
    expect(previewed.map((run: { scheduled_time: string }) => run.scheduled_time)).toEqual(
      made.map((run) => run.next_scheduled_start_time),
    );
    await sluice("deployment pause nightly");
    expect((await sluice("deployment schedule preview nightly")).stderr).toContain(
      "report/nightly is paused",
    );
  });
});

describe("sluice deployment refuses", SLOW, () => {
  it.each([
    ["deployment schedule create nightly", 1, "Give one of --cron, --interval and --rrule."],
    ["deployment schedule create nightly --cron @daily --interval 1h", 2, "cannot be used with option"],
    ["deployment schedule create nightly --interval soon", 2, "such as 90s, 15m, 1h30m or 2d"],
    ["deployment schedule create nightly --cron nonsense", 1, "cron"],
    ["deployment schedule create nightly --cron @daily --timezone Europe/Pairs", 1, "Europe/Pairs"],
    ["deployment run nightly --start-at tomorrow", 2, "It takes a date or time"],
    ["deployment run nightly --start-in 1m --start-at 2030-01-01", 2, "cannot be used with option"],
    ["deployment lss", 2, "(Did you mean ls?)"],
  ])("%j", async (line, code, message) => {
    const sluice = await setUpDeployment();
    const ran = await sluice(line);
    expect(ran).toMatchObject({ code, stdout: "" });
    expect(ran.stderr).toContain(message);
  });
});
