import { describe, expect, it } from "vitest";
import { setUpSluice } from "../run-sluice.ts";

describe("sluice profile", () => {
  it("creates, lists, uses, renames and deletes", async () => {
    const sluice = await setUpSluice();
    await sluice("profile create staging");
    await sluice("config set --profile staging api.url=http://staging/api");
    const created = await sluice("profile create prod --from staging");
    expect(created.stdout).toBe("Made profile prod. Use it with: sluice profile use prod\n");
    expect((await sluice("profile use prod")).stdout).toBe("Profile prod is active now.\n");
    expect((await sluice("profile rename prod production")).code).toBe(0);
    expect((await sluice("profile ls")).stdout).toBe("\tdefault\t0\n*\tproduction\t1\n\tstaging\t1\n");
    expect((await sluice("profile delete staging")).code).toBe(0);
    const { stdout } = await sluice("profile ls --json");
    expect(JSON.parse(stdout)).toEqual([
      { name: "default", isActive: false, settings: 0 },
      { name: "production", isActive: true, settings: 1 },
    ]);
  });

  it("lists with headings on a terminal", async () => {
    const sluice = await setUpSluice();
    const { stdout } = await sluice("profile ls", { isTTY: true, env: { TERM: "xterm" } });
    expect(stdout).toBe("\u001b[1m   PROFILE  SETTINGS\u001b[22m\n*  default  0\n");
  });

  it("shows the settings of a profile without its secrets", async () => {
    const sluice = await setUpSluice();
    await sluice("config set api.key=pnu_secret_key flows.lease_seconds=45 tasks.default_retries=1");
    const { stdout } = await sluice("profile inspect");
    expect(stdout).toBe("api.key\t****\nflows.lease_seconds\t45\ntasks.default_retries\t1\n");
    const { stdout: json } = await sluice("profile inspect default --json");
    expect(JSON.parse(json)).toEqual({
      name: "default",
      isActive: true,
      settings: { "api.key": "****", "flows.lease_seconds": 45, "tasks.default_retries": 1 },
    });
  });

  it("works although the chosen profile does not exist yet", async () => {
    const sluice = await setUpSluice();
    const env = { SLUICE_PROFILE: "staging" };
    expect((await sluice("config view", { env })).stderr).toContain(
      "no profile staging (from SLUICE_PROFILE)",
    );
    expect((await sluice("profile create staging", { env })).code).toBe(0);
    expect((await sluice("profile ls", { env })).stdout).toContain("*\tstaging\t0");
  });

  it("warns when SLUICE_PROFILE comes first", async () => {
    const sluice = await setUpSluice();
    await sluice("profile create staging");
    const { code, stderr } = await sluice("profile use default", { env: { SLUICE_PROFILE: "staging" } });
    expect(code).toBe(0);
    expect(stderr).toBe("warning: The environment variable SLUICE_PROFILE=staging is set and comes first.\n");
  });

  it.each([
    ["profile use nope", 1, "There is no profile nope"],
    ["profile delete default", 1, "The profile default cannot be deleted"],
    ["profile create default", 1, "There is a profile default"],
    ["profile inspect nope", 1, "There is no profile nope"],
    ["profile create", 2, "missing required argument 'name'"],
    ["profile rename one", 2, "missing required argument 'new-name'"],
    ["profile use a b", 2, "too many arguments"],
  ])("refuses %j", async (line, code, message) => {
    const sluice = await setUpSluice();
    const ran = await sluice(line);
    expect(ran).toMatchObject({ code, stdout: "" });
    expect(ran.stderr).toContain(message);
  });
});
