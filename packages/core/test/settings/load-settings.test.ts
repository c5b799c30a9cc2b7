import { homedir } from "node:os";
import { join } from "node:path";
import { inspect } from "node:util";
import { describe, expect, expectTypeOf, it } from "vitest";
import { processRedactor } from "../../src/logging/redactor.ts";
import type { Secret } from "../../src/logging/secret.ts";
import { loadSettings, settingValue } from "../../src/settings/load-settings.ts";
import { sentSettings } from "../../src/settings/sent-settings.ts";
import { SETTING_KEYS } from "../../src/settings/settings-schema.ts";
import { temporaryHome } from "./temporary-home.ts";

const PROFILES = `
active = "prod"

[profiles.prod]
api.url = "https://sluice.example.com/api/"
api.key = "prod-key-1234"
tasks.default_retries = 2
history.database_path = "history/runs.db"

[profiles.quiet.logging]
level = "ERROR"
`;

describe("the layers of settings", () => {
  it("has a default for every setting that is not optional", async () => {
    const home = await temporaryHome();
    const settings = loadSettings({ env: { SLUICE_HOME: home } });
    const unset = SETTING_KEYS.filter((key) => settingValue(settings, key) === undefined);
    expect(unset).toEqual([
      "api.url",
      "api.key",
      "api.auth_string",
      "encryption.key",
      "server.database_url",
      "server.base_path",
      "server.auth_string",
      "server.prefect_version",
      "results.default_storage_block",
    ]);
    expect(settings.history).toEqual({
      mode: "sqlite",
      databasePath: join(home, "sluice.db"),
      maxBufferedRecords: 50_000,
    });
    expect(settings.warnings).toEqual([]);
    expect(settings.sources["history.mode"]).toEqual({ kind: "default" });
  });

  it("keeps everything under .sluice in the user's directory by default", () => {
    const settings = loadSettings({ env: {}, overrides: { profile: "default" } });
    expect(settings.home).toBe(join(homedir(), ".sluice"));
    expect(settings.results.localStoragePath).toBe(join(homedir(), ".sluice", "storage"));
  });

  it("takes the active profile before defaults, and says so", async () => {
    const home = await temporaryHome(PROFILES);
    const settings = loadSettings({ env: { SLUICE_HOME: home } });
    expect(settings.profile).toBe("prod");
    expect(settings.api.url).toBe("https://sluice.example.com/api");
    expect(settings.tasks.defaultRetries).toBe(2);
    const source = { kind: "profile", profile: "prod", path: join(home, "profiles.toml") };
    expect(settings.sources["tasks.default_retries"]).toEqual(source);
    expect(settings.sources.profile).toEqual(source);
  });

  it("takes the environment before the profile", async () => {
    const env = { SLUICE_HOME: await temporaryHome(PROFILES), SLUICE_TASKS_DEFAULT_RETRIES: "5" };
    const settings = loadSettings({ env });
    expect(settings.tasks.defaultRetries).toBe(5);
    expect(settings.sources["tasks.default_retries"]).toEqual({
      kind: "environment",
      variable: "SLUICE_TASKS_DEFAULT_RETRIES",
    });
  });

  it("takes overrides before the environment, and null as the default again", async () => {
    const env = { SLUICE_HOME: await temporaryHome(PROFILES), SLUICE_LOGGING_LEVEL: "error" };
    const settings = loadSettings({ env, overrides: { "logging.level": "debug", "api.url": null } });
    expect(settings.logging.level).toBe("debug");
    expect(settings.api.url).toBeUndefined();
    expect(settings.sources["api.url"]).toEqual({ kind: "override" });
  });

  it("takes another profile from the environment", async () => {
    const env = { SLUICE_HOME: await temporaryHome(PROFILES), SLUICE_PROFILE: "quiet" };
    const settings = loadSettings({ env });
    expect(settings.logging.level).toBe("error");
    expect(settings.api.url).toBeUndefined();
  });

  it("reads Prefect's variables where Sluice's are not set", async () => {
    const SLUICE_HOME = await temporaryHome();
    const PREFECT_API_URL = "http://prefect:4200/api";
    const settings = loadSettings({ env: { SLUICE_HOME, PREFECT_API_URL, PREFECT_API_KEY: "pnu_12345" } });
    expect(settings.api.url).toBe(PREFECT_API_URL);
    expect(settings.api.key?.reveal()).toBe("pnu_12345");
    expect(settings.sources["api.url"]).toEqual({ kind: "environment", variable: "PREFECT_API_URL" });
    const own = loadSettings({ env: { SLUICE_HOME, PREFECT_API_URL, SLUICE_API_URL: "http://own/api" } });
    expect(own.api.url).toBe("http://own/api");
  });

  it("treats an empty variable as one that is not set", async () => {
    const env = { SLUICE_HOME: await temporaryHome(PROFILES), SLUICE_API_URL: "", SLUICE_PROFILE: "" };
    expect(loadSettings({ env }).api.url).toBe("https://sluice.example.com/api");
  });

  it("reads paths of a profile relative to the home directory, and of the environment to the working directory", async () => {
    const home = await temporaryHome(PROFILES);
    const env = { SLUICE_HOME: home, SLUICE_RESULTS_LOCAL_STORAGE_PATH: "results" };
    const settings = loadSettings({ env });
    expect(settings.history.databasePath).toBe(join(home, "history", "runs.db"));
    expect(settings.results.localStoragePath).toBe(join(process.cwd(), "results"));
  });

  it("never shows a secret when settings are printed", async () => {
    const settings = loadSettings({ env: { SLUICE_HOME: await temporaryHome(PROFILES) } });
    expect(settings.api.key?.reveal()).toBe("prod-key-1234");
    expect(JSON.stringify(settings)).not.toContain("prod-key-1234");
    expect(inspect(settings, { depth: 9, showHidden: true })).not.toContain("prod-key-1234");
  });

  it("hides the URL of the database in logs only when it has a password", async () => {
    const SLUICE_HOME = await temporaryHome();
    const open = loadSettings({
      env: { SLUICE_HOME, SLUICE_DATABASE_URL: "postgres://me@127.0.0.1:5432/open-database" },
    });
    expect(inspect(open)).not.toContain("open-database");
    const line = `at ${open.server.databaseUrl?.reveal()}`;
    expect(processRedactor.redact(line)).toBe(line);
    const closed = [
      "postgres://me:hunter22@127.0.0.1/closed-database",
      "postgres://127.0.0.1/closed-database?password=hunter%2022&sslmode=require",
    ];
    for (const SLUICE_DATABASE_URL of closed) {
      const settings = loadSettings({ env: { SLUICE_HOME, SLUICE_DATABASE_URL } });
      expect(settings.server.databaseUrl?.reveal()).toBe(SLUICE_DATABASE_URL);
      expect(processRedactor.redact(`at ${SLUICE_DATABASE_URL}`)).toBe("at ****");
    }
    const driver = "postgresql+asyncpg://me:hunter22@127.0.0.1/closed-database?password=hunter 22";
    expect(processRedactor.redact(driver)).toBe(
      "postgresql+asyncpg://me****127.0.0.1/closed-database?password=****",
    );
  });

  it("cannot be changed", async () => {
    const settings = loadSettings({ env: { SLUICE_HOME: await temporaryHome() } });
    expect(() => Object.assign(settings.tasks, { defaultRetries: 9 })).toThrow(TypeError);
    expect(() => Object.assign(settings, { home: "/" })).toThrow(TypeError);
  });

  it("has the types of the table", () => {
    type Loaded = ReturnType<typeof loadSettings>;
    expectTypeOf<Loaded["api"]["url"]>().toEqualTypeOf<string | undefined>();
    expectTypeOf<Loaded["api"]["key"]>().toEqualTypeOf<Secret | undefined>();
    expectTypeOf<Loaded["tasks"]["defaultRetryDelaySeconds"]>().toEqualTypeOf<number>();
    expectTypeOf<Loaded["history"]["mode"]>().toEqualTypeOf<"sqlite" | "memory" | "off">();
    expectTypeOf<Loaded["home"]>().toEqualTypeOf<string>();
  });
});

describe("settings that are wrong", () => {
  it.each([
    ["SLUICE_HISTORY", "sqlit", "one of sqlite, memory, off (did you mean sqlite?)"],
    ["SLUICE_TASKS_CONCURRENCY_LIMIT", "many", "a whole number from 1 to"],
    ["SLUICE_TASKS_CONCURRENCY_LIMIT", "0", "a whole number from 1 to"],
    ["SLUICE_TASKS_CONCURRENCY_LIMIT", "1.5", "a whole number from 1 to"],
    ["SLUICE_TASKS_DEFAULT_RETRIES", "0x10", "a whole number from 0 to"],
    ["SLUICE_FLOWS_LEASE_SECONDS", "Infinity", "a number of seconds from 1 to 2147483"],
    ["SLUICE_FLOWS_LEASE_SECONDS", "99999999", "a number of seconds from 1 to 2147483"],
    ["SLUICE_SERVER_EVENT_RETENTION_DAYS_BY_NAME", "a.", "name=number,name=number with whole numbers from 0"],
    ["SLUICE_SERVER_EVENT_RETENTION_DAYS_BY_NAME", "a=1,=2", "name=number,"],
    ["SLUICE_SERVER_EVENT_RETENTION_DAYS_BY_NAME", "a=1.5", "name=number,"],
    ["SLUICE_SERVER_EVENT_RETENTION_DAYS_BY_NAME", "a=-1", "name=number,"],
    ["SLUICE_LOGGING_TO_TERMINAL", "maybe", "true or false"],
    ["SLUICE_API_URL", "localhost:4200", "a URL such as"],
    ["PREFECT_API_URL", "ftp://host/api", "a URL such as"],
    ["SLUICE_HISTORY_DATABASE_PATH", "a\0b", "a path"],
  ])("names the variable %s, its value %j and what is allowed", async (variable, value, allowed) => {
    const env = { SLUICE_HOME: await temporaryHome(), [variable]: value };
    const load = (): unknown => loadSettings({ env });
    expect(load).toThrow(expect.objectContaining({ code: "INVALID_SETTING", name: "InvalidSettingError" }));
    for (const part of [variable, JSON.stringify(value), allowed]) expect(load).toThrow(part);
  });

  it.each([
    ["1", true],
    ["Yes", true],
    ["on", true],
    ["0", false],
    ["FALSE", false],
    ["off", false],
  ])("understands the word %s", async (word, value) => {
    const env = { SLUICE_HOME: await temporaryHome(), SLUICE_TASKS_REFRESH_CACHE: word };
    expect(loadSettings({ env }).tasks.refreshCache).toBe(value);
  });

  it("reads numbers by name from a text, and from a table of a profile", async () => {
    const variable = "SLUICE_SERVER_EVENT_RETENTION_DAYS_BY_NAME";
    const home = await temporaryHome(
      '[profiles.default.server.event_retention_days_by_name]\n"prefect.flow-run." = 30\n',
    );
    const fromProfile = loadSettings({ env: { SLUICE_HOME: home } });
    expect(fromProfile.server.eventRetentionDaysByName).toEqual({ "prefect.flow-run.": 30 });
    const env = { SLUICE_HOME: home, [variable]: "prefect.flow-run.heartbeat=1, a=b=0" };
    const fromVariable = loadSettings({ env });
    expect(fromVariable.server.eventRetentionDaysByName).toEqual({
      "prefect.flow-run.heartbeat": 1,
      "a=b": 0,
    });
    expect(loadSettings({ env, overrides: sentSettings(fromVariable) }).server).toEqual(fromVariable.server);
  });

  it("refuses a URL with a password and does not show it", async () => {
    const env = { SLUICE_HOME: await temporaryHome(), SLUICE_API_URL: "https://me:hunter22@host/api" };
    const load = (): unknown => loadSettings({ env });
    expect(load).toThrow(/api\.auth_string/);
    expect(load).not.toThrow(/hunter22/);
  });

  it("never shows a secret's bad value", async () => {
    const home = await temporaryHome('[profiles.default]\napi.key = ["top-secret"]\n');
    const load = (): unknown => loadSettings({ env: { SLUICE_HOME: home } });
    expect(load).toThrow(/api\.key of profile default is \*{4}, which is not a text/);
    expect(load).not.toThrow(/top-secret/);
  });

  it("names file, line and profile of a bad value", async () => {
    const home = await temporaryHome('\n[profiles.default]\n# how many\n"tasks".concurrency_limit = true\n');
    expect(() => loadSettings({ env: { SLUICE_HOME: home } })).toThrow(
      `${join(home, "profiles.toml")}:4: tasks.concurrency_limit of profile default is true, which is not`,
    );
  });

  it("names file and position of broken TOML without quoting the file", async () => {
    const home = await temporaryHome('[profiles.default]\napi.key = "very-secret\n');
    const load = (): unknown => loadSettings({ env: { SLUICE_HOME: home } });
    expect(load).toThrow(`${join(home, "profiles.toml")}:2:`);
    const error = errorOf(load);
    expect(inspect(error, { depth: 9 })).not.toContain("very-secret");
  });

  it.each([
    ["active = 3", '"active" must be'],
    ["profiles = 3", '"profiles" must be a table'],
    ["[profiles]\nprod = 3", '"profiles.prod" must be a table'],
  ])("explains a file that says %j", async (text, problem) => {
    const home = await temporaryHome(text);
    expect(() => loadSettings({ env: { SLUICE_HOME: home } })).toThrow(problem);
  });

  it("warns of variables that no setting has, with the likely one", async () => {
    const env = {
      SLUICE_HOME: await temporaryHome(),
      SLUICE_API_ULR: "http://host/api",
      SLUICE__FLOW_RUN_ID: "internal",
      SLUICE_BLOCK_SECRET__API_KEY: "{}",
      OTHER_VARIABLE: "1",
    };
    expect(loadSettings({ env }).warnings).toEqual([
      "No setting has the environment variable SLUICE_API_ULR. Did you mean SLUICE_API_URL?",
    ]);
  });

  it("warns of what a profile has and no setting takes", async () => {
    const home = await temporaryHome(
      '[profiles.default]\nSLUICE_API_URL = "http://a"\nhome = "/tmp"\n[profiles.default.task]\ndefault_retries = 1\n',
    );
    const { warnings } = loadSettings({ env: { SLUICE_HOME: home } });
    expect(warnings).toEqual([
      expect.stringMatching(/there is no setting SLUICE_API_URL\. Did you mean api\.url\?$/),
      expect.stringMatching(/home has no effect in a profile; set the environment variable SLUICE_HOME\.$/),
      expect.stringMatching(
        /there is no setting task\.default_retries\. Did you mean tasks\.default_retries\?$/,
      ),
    ]);
  });

  it("says which profile is missing, who asked for it and which was perhaps meant", async () => {
    const home = await temporaryHome(PROFILES);
    const load = (): unknown => loadSettings({ env: { SLUICE_HOME: home, SLUICE_PROFILE: "prdo" } });
    expect(load).toThrow(/no profile prdo \(from SLUICE_PROFILE\) in .*profiles\.toml\. Did you mean prod\?/);
    expect(load).toThrow(expect.objectContaining({ code: "OBJECT_NOT_FOUND" }));
  });

  it("is not confused by names that every object has", async () => {
    const home = await temporaryHome(
      "[profiles.default]\nconstructor = 1\n__proto__ = { polluted = true }\n",
    );
    const settings = loadSettings({ env: { SLUICE_HOME: home } });
    expect(settings.warnings).toHaveLength(2);
    expect(Reflect.get({}, "polluted")).toBeUndefined();
    expect(() => loadSettings({ env: { SLUICE_HOME: home, SLUICE_PROFILE: "toString" } })).toThrow(
      /no profile/,
    );
  });
});

function errorOf(work: () => unknown): unknown {
  try {
    return work();
  } catch (error) {
    return error;
  }
}
