import { execFile } from "node:child_process";
import { lstat, mkdir, readdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { loadSettings } from "../../src/settings/load-settings.ts";
import { Profiles } from "../../src/settings/profiles.ts";
import { temporaryHome } from "./temporary-home.ts";

const set = (pairs: Record<string, string>): ReadonlyMap<string, string> => new Map(Object.entries(pairs));

describe("profiles", () => {
  it("always has the default profile, and no file until something is set", async () => {
    const home = await temporaryHome();
    const profiles = new Profiles({ home });
    expect(profiles.list()).toEqual([{ name: "default", isActive: true, settings: {} }]);
    expect(await readdir(home)).toEqual([]);
  });

  it("makes the home directory when it is needed", async () => {
    const home = join(await temporaryHome(), "not", "yet");
    await new Profiles({ home }).set("default", set({ "tasks.default_retries": "3" }));
    expect(loadSettings({ env: { SLUICE_HOME: home } }).tasks.defaultRetries).toBe(3);
  });

  it("creates, uses, renames and deletes", async () => {
    const profiles = new Profiles({ home: await temporaryHome() });
    await profiles.create("staging");
    await profiles.set(
      "staging",
      set({ "api.url": "http://staging/api", SLUICE_TASKS_DEFAULT_RETRIES: "2" }),
    );
    await profiles.create("prod", { from: "staging" });
    await profiles.set("prod", set({ "api.url": "http://prod/api" }));
    await profiles.use("prod");
    await profiles.rename("prod", "production");
    expect(profiles.list()).toEqual([
      { name: "default", isActive: false, settings: {} },
      {
        name: "production",
        isActive: true,
        settings: { "api.url": "http://prod/api", "tasks.default_retries": 2n },
      },
      {
        name: "staging",
        isActive: false,
        settings: { "api.url": "http://staging/api", "tasks.default_retries": 2n },
      },
    ]);
    await profiles.delete("staging");
    expect(profiles.list().map(({ name }) => name)).toEqual(["default", "production"]);
  });

  it("sets a value in place of every other form of it, and unsets it", async () => {
    const home = await temporaryHome(
      '[profiles.default]\n"api.url" = "http://old/api"\nlogging = { level = "debug" }\n',
    );
    const profiles = new Profiles({ home });
    await profiles.set("default", set({ "api.url": "http://new/api" }));
    expect(profiles.get("default").settings).toEqual({
      "logging.level": "debug",
      "api.url": "http://new/api",
    });
    expect(await profiles.unset("default", ["api.url", "tasks.default_retries"])).toEqual(["api.url"]);
    expect(profiles.get("default").settings).toEqual({ "logging.level": "debug" });
  });

  it("keeps data it does not know, each value as what it was", async () => {
    const home = await temporaryHome(
      'note = "mine"\nday = 2026-11-20\nbig = 9223372036854775807\nshare = 1.0\n[profiles.old]\nfuture.setting = [1, 2.0]\nsince = 07:32:00\n[other.table]\nx = 1\n',
    );
    const profiles = new Profiles({ home });
    await profiles.create("new", { from: "old" });
    await profiles.set("new", set({ "flows.lease_seconds": "60" }));
    const text = await readFile(join(home, "profiles.toml"), "utf8");
    for (const line of [
      'note = "mine"',
      "day = 2026-11-20\n",
      "big = 9223372036854775807",
      "share = 1.0",
      "[other.table]\nx = 1",
    ]) {
      expect(text).toContain(line);
    }
    expect(text.match(/setting = \[ ?1, 2\.0 ?\]/g)).toHaveLength(2);
    expect(text.match(/since = 07:32:00/g)).toHaveLength(2);
    expect(loadSettings({ env: { SLUICE_HOME: home, SLUICE_PROFILE: "new" } }).flows.leaseSeconds).toBe(60);
  });

  it("writes a path as it was given", async () => {
    const home = await temporaryHome();
    await new Profiles({ home }).set("default", set({ "history.database_path": "{home}/other.db" }));
    expect(await readFile(join(home, "profiles.toml"), "utf8")).toContain('"{home}/other.db"');
    expect(loadSettings({ env: { SLUICE_HOME: home } }).history.databasePath).toBe(join(home, "other.db"));
  });

  it("writes numbers by name as a table", async () => {
    const home = await temporaryHome();
    const key = "server.event_retention_days_by_name";
    await new Profiles({ home }).set("default", set({ [key]: "prefect.flow-run.=30,a=0" }));
    const settings = loadSettings({ env: { SLUICE_HOME: home } });
    expect(settings.server.eventRetentionDaysByName).toEqual({ "prefect.flow-run.": 30, a: 0 });
    await new Profiles({ home }).set("default", set({ [key]: "b=1" }));
    expect(await readFile(join(home, "profiles.toml"), "utf8")).not.toContain("prefect");
  });

  it("makes the file readable by its owner only", async () => {
    const home = await temporaryHome("active = 'default'\n");
    await new Profiles({ home }).set("default", set({ "api.key": "secret-key" }));
    expect((await stat(join(home, "profiles.toml"))).mode & 0o777).toBe(0o600);
    expect(await readdir(home)).toEqual(["profiles.toml"]);
  });

  it("leaves a file alone, comments and all, when a change changes nothing", async () => {
    const text = "# mine\nactive = 'default'\n";
    const home = await temporaryHome(text);
    const profiles = new Profiles({ home });
    await profiles.use("default");
    expect(await profiles.unset("default", ["api.url"])).toEqual([]);
    expect(await readFile(join(home, "profiles.toml"), "utf8")).toBe(text);
    expect(await readdir(home)).toEqual(["profiles.toml"]);
  });

  it("follows a link to the file and keeps the link", async () => {
    const home = await temporaryHome();
    const real = join(await temporaryHome(), "dotfiles.toml");
    await writeFile(real, "");
    await symlink(real, join(home, "profiles.toml"));
    await new Profiles({ home }).create("linked");
    expect((await lstat(join(home, "profiles.toml"))).isSymbolicLink()).toBe(true);
    expect(await readFile(real, "utf8")).toContain("[profiles.linked]");
  });
});

describe("changes of profiles that are refused", () => {
  it.each([
    [
      "a profile that is missing",
      (p: Profiles) => p.use("nope"),
      /no profile nope in .* Profiles: default, dev\./,
    ],
    ["a taken name", (p: Profiles) => p.create("dev"), /There is a profile dev in .* already/],
    ["the name default", (p: Profiles) => p.create("default"), /There is a profile default/],
    ["a name with a path in it", (p: Profiles) => p.create("../x"), /"\.\.\/x" cannot name a profile/],
    ["an empty name", (p: Profiles) => p.create(""), /"" cannot name a profile/],
    ["a source that is missing", (p: Profiles) => p.create("x", { from: "de" }), /Did you mean dev\?/],
    [
      "deleting the active one",
      (p: Profiles) => p.delete("dev"),
      /The profile dev is active\. Use another first/,
    ],
    ["deleting default", (p: Profiles) => p.delete("default"), /default cannot be deleted/],
    ["renaming default", (p: Profiles) => p.rename("default", "x"), /default cannot be renamed/],
    [
      "an unknown key",
      (p: Profiles) => p.set("dev", set({ "api.ulr": "x" })),
      /no setting api\.ulr\. Did you mean api\.url\?/,
    ],
    [
      "a bad value",
      (p: Profiles) => p.set("dev", set({ "api.url": "x" })),
      /api\.url cannot be "x": it takes a URL/,
    ],
    [
      "a setting that is none of a profile's",
      (p: Profiles) => p.set("dev", set({ home: "/x" })),
      /SLUICE_HOME/,
    ],
    [
      "unsetting an unknown key",
      (p: Profiles) => p.unset("dev", ["zzzzzzzzzzzz"]),
      /config view --show-defaults/,
    ],
  ])("%s, with the file untouched", async (_what, change, message) => {
    const text = "active = 'dev' # now\n[profiles.dev]\n";
    const home = await temporaryHome(text);
    await expect(change(new Profiles({ home }))).rejects.toThrow(message);
    expect(await readFile(join(home, "profiles.toml"), "utf8")).toBe(text);
    expect(await readdir(home)).toEqual(["profiles.toml"]);
  });

  it("sets all of several values or none", async () => {
    const profiles = new Profiles({ home: await temporaryHome() });
    const change = profiles.set("default", set({ "api.url": "http://host/api", "history.mode": "tape" }));
    await expect(change).rejects.toThrow(/history\.mode cannot be "tape": it takes one of/);
    expect(profiles.get("default").settings).toEqual({});
  });

  it("does not quote a secret that is refused", async () => {
    const profiles = new Profiles({ home: await temporaryHome() });
    await expect(profiles.set("default", set({ "api.key": "" }))).rejects.toThrow(/api\.key cannot be \*{4}/);
  });

  it("names a lock file that somebody left behind", async () => {
    const home = await temporaryHome();
    await writeFile(join(home, "profiles.toml.lock"), "");
    const change = new Profiles({ home, lockTimeoutMs: 30 }).create("x");
    await expect(change).rejects.toThrow(/profiles\.toml\.lock exists\. If none is, delete that file/);
    expect(await readdir(home)).toEqual(["profiles.toml.lock"]);
  });

  it("says that a directory cannot be made", async () => {
    const file = join(await temporaryHome(), "file");
    await writeFile(file, "");
    const change = new Profiles({ home: join(file, "home") }).create("x");
    await expect(change).rejects.toMatchObject({ name: "ProfilesFileError", code: "INVALID_SETTING" });
  });

  it("says that the file is a directory", async () => {
    const home = await temporaryHome();
    await mkdir(join(home, "profiles.toml"));
    expect(() => new Profiles({ home }).list()).toThrow(/cannot be read \(EISDIR\)/);
  });
});

it("loses no change when several processes write at once", async () => {
  const home = await temporaryHome();
  const script = `
    const { Profiles } = await import(${JSON.stringify(new URL("../../src/settings/profiles.ts", import.meta.url).href)});
    const profiles = new Profiles({ home: process.argv[1], lockTimeoutMs: 20_000 });
    for (let index = 0; index < 10; index += 1) await profiles.create("p" + process.argv[2] + "-" + index);
  `;
  const run = promisify(execFile);
  const args = [...process.execArgv, "--input-type=module", "-e", script, home];
  await Promise.all([0, 1, 2].map((worker) => run(process.execPath, [...args, String(worker)])));
  expect(new Profiles({ home }).list()).toHaveLength(31);
  expect(await readdir(home)).toEqual(["profiles.toml"]);
}, 30_000);
