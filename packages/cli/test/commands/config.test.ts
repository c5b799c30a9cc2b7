import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { setUpSluice } from "../run-sluice.ts";

describe("sluice config view", () => {
  it("shows what is not at its default, tab-separated in a pipe", async () => {
    const sluice = await setUpSluice();
    const { code, stdout } = await sluice("config view", { env: { SLUICE_LOGGING_LEVEL: "debug" } });
    expect(code).toBe(0);
    expect(stdout).toBe(`home\t${sluice.home}\nlogging.level\tdebug\n`);
  });

  it("says where values come from", async () => {
    const sluice = await setUpSluice();
    await sluice("config set tasks.default_retries=2");
    const { stdout } = await sluice("config view --show-sources --show-defaults", {
      env: { PREFECT_API_URL: "http://host/api" },
    });
    expect(stdout).toContain("tasks.default_retries\t2\tprofile default\n");
    expect(stdout).toContain("api.url\thttp://host/api\tenvironment PREFECT_API_URL\n");
    expect(stdout).toContain("logging.level\tinfo\tdefault\n");
    expect(stdout).toContain("api.key\t(not set)\tdefault\n");
  });

  it("aligns columns under headings on a terminal and says what it left out", async () => {
    const sluice = await setUpSluice();
    const { stdout, stderr } = await sluice("config view", { isTTY: true, env: { NO_COLOR: "1" } });
    expect(stdout).toBe(`SETTING  VALUE\nhome     ${sluice.home}\n`);
    expect(stderr).toMatch(/^\d+ settings have their default; --show-defaults shows them\.\n$/);
  });

  it("hides secrets unless it is told to show them", async () => {
    const sluice = await setUpSluice();
    await sluice("config set api.key=pnu_secret_key");
    expect((await sluice("config view")).stdout).toContain("api.key\t****\n");
    expect((await sluice("config view --json")).stdout).not.toContain("pnu_secret_key");
    expect((await sluice("config view --show-secrets")).stdout).toContain("api.key\tpnu_secret_key\n");
  });

  it("prints JSON", async () => {
    const sluice = await setUpSluice();
    const { stdout } = await sluice("config view --json --show-defaults --show-sources");
    const { profile, settings } = JSON.parse(stdout);
    expect(profile).toBe("default");
    expect(settings).toContainEqual({
      key: "tasks.concurrency_limit",
      value: 100,
      source: { kind: "default" },
    });
    expect(settings).toContainEqual({ key: "api.url", value: null, source: { kind: "default" } });
  });

  it("shows another profile with --profile, before or after the command", async () => {
    const sluice = await setUpSluice();
    await sluice("profile create staging");
    await sluice("config set --profile staging logging.level=error");
    for (const line of ["--profile staging config view", "config view --profile staging"]) {
      expect((await sluice(line)).stdout).toContain("logging.level\terror\n");
    }
    expect((await sluice("config view")).stdout).not.toContain("logging.level");
  });

  it("warns of unknown variables and fails on bad values", async () => {
    const sluice = await setUpSluice();
    const odd = await sluice("config view", { env: { SLUICE_API_ULR: "x" } });
    expect(odd.code).toBe(0);
    expect(odd.stderr).toContain("warning: No setting has the environment variable SLUICE_API_ULR.");
    const bad = await sluice("config view", { env: { SLUICE_HISTORY: "tape" } });
    expect(bad).toMatchObject({ code: 1, stdout: "" });
    expect(bad.stderr).toMatch(
      /^error: The environment variable SLUICE_HISTORY is "tape", which is not one of/,
    );
  });

  it("names the place of broken TOML", async () => {
    const sluice = await setUpSluice();
    await writeFile(join(sluice.home, "profiles.toml"), "active = \n");
    const { code, stderr } = await sluice("config view");
    expect(code).toBe(1);
    expect(stderr).toContain("profiles.toml:1:");
    expect(stderr).not.toContain("    at ");
  });
});

describe("sluice config set and unset", () => {
  it("change the active profile and say so", async () => {
    const sluice = await setUpSluice();
    const set = await sluice("config set api.url=http://host/api?a=b SLUICE_TASKS_DEFAULT_RETRIES=3");
    expect(set).toEqual({
      code: 0,
      stdout: "Set api.url, tasks.default_retries in profile default.\n",
      stderr: "",
    });
    expect((await sluice("config view")).stdout).toContain("api.url\thttp://host/api?a=b\n");
    const unset = await sluice("config unset api.url --json");
    expect(JSON.parse(unset.stdout)).toEqual({ profile: "default", unset: ["api.url"] });
    expect((await sluice("config unset api.url")).stdout).toBe("Profile default did not set api.url.\n");
  });

  it("repair a setting that is broken", async () => {
    const sluice = await setUpSluice();
    await writeFile(join(sluice.home, "profiles.toml"), '[profiles.default]\nhistory.mode = "tape"\n');
    expect((await sluice("config view")).code).toBe(1);
    expect((await sluice("config set history.mode=memory")).code).toBe(0);
    expect((await sluice("config view")).code).toBe(0);
  });

  it("warn when a variable comes first", async () => {
    const sluice = await setUpSluice();
    const { stderr } = await sluice("config set api.url=http://a/api", {
      env: { PREFECT_API_URL: "http://b/api" },
    });
    expect(stderr).toBe("warning: The environment variable PREFECT_API_URL is set and comes first.\n");
  });

  it.each([
    ["config set api.ulr=http://host", 1, "There is no setting api.ulr. Did you mean api.url?"],
    [
      "config set tasks.default_retries=-1",
      1,
      'tasks.default_retries cannot be "-1": it takes a whole number',
    ],
    ["config set --profile nope api.url=http://h", 1, "There is no profile nope"],
    ["config set api.url", 2, "Write it as KEY=VALUE."],
    ["config set", 2, "missing required argument 'KEY=VALUE'"],
    ["config unset", 2, "missing required argument 'KEY'"],
  ])("refuse %j", async (line, code, message) => {
    const sluice = await setUpSluice();
    const ran = await sluice(line);
    expect(ran).toMatchObject({ code, stdout: "" });
    expect(ran.stderr).toContain(message);
    await expect(readFile(join(sluice.home, "profiles.toml"))).rejects.toThrow("ENOENT");
  });
});
