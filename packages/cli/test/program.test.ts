import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { COMMANDS } from "../src/commands.ts";
import { setUpSluice } from "./run-sluice.ts";

describe("sluice", () => {
  it("shows help without arguments, with --help and with help", async () => {
    const sluice = await setUpSluice();
    const bare = await sluice("");
    expect(bare).toMatchObject({ code: 0, stderr: "" });
    for (const { name, aliases = [], summary } of COMMANDS) {
      expect(bare.stdout).toMatch(new RegExp(`^  ${[name, ...aliases].join("\\|")} .*${summary}$`, "m"));
    }
    expect(bare.stdout).toContain("Examples:");
    for (const line of ["--help", "-h", "help"]) expect(await sluice(line)).toEqual(bare);
  });

  it.each(COMMANDS.map(({ name }) => name))("has help with examples for %s", async (name) => {
    const sluice = await setUpSluice();
    const { code, stdout } = await sluice(`${name} --help`);
    expect(code).toBe(0);
    expect(stdout).toContain("Examples:");
    expect(await sluice(`help ${name}`)).toMatchObject({ code: 0, stdout });
  });

  it("has help for commands inside commands", async () => {
    const sluice = await setUpSluice();
    const { code, stdout } = await sluice("help config set");
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Usage: sluice config set \[options\] <KEY=VALUE\.\.\.>$/m);
  });

  it("prints its version in three ways", async () => {
    const sluice = await setUpSluice();
    const packageJson = await readFile(new URL("../package.json", import.meta.url), "utf8");
    const { version } = JSON.parse(packageJson);
    expect(await sluice("--version")).toEqual({ code: 0, stdout: `${version}\n`, stderr: "" });
    const { stdout } = await sluice("version");
    expect(stdout).toMatch(
      new RegExp(`^sluice  ${version}\nnode    ${process.versions.node}\nos      .+\n$`),
    );
    const { stdout: json } = await sluice("version --json");
    expect(JSON.parse(json)).toMatchObject({ sluice: version, node: process.versions.node });
  });

  it.each([
    ["profle ls", "unknown command 'profle'", "(Did you mean profile?)"],
    ["profile crate x", "unknown command 'crate'", "(Did you mean create?)"],
    ["config view --show-source", "unknown option '--show-source'", "(Did you mean --show-sources?)"],
    ["config view --jsno", "unknown option '--jsno'", "(Did you mean --json?)"],
    ["--profile", "option '--profile <name>' argument missing", "--help"],
    ["help nope", "unknown command 'nope'", "--help"],
  ])("explains %j", async (line, problem, remedy) => {
    const sluice = await setUpSluice();
    const ran = await sluice(line);
    expect(ran).toMatchObject({ code: 2, stdout: "" });
    expect(ran.stderr).toContain(problem);
    expect(ran.stderr).toContain(remedy);
  });

  it("shows what a command consists of when that is left out", async () => {
    const sluice = await setUpSluice();
    const { code, stdout, stderr } = await sluice("config");
    expect(code).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toContain("Usage: sluice config");
  });

  it("is a process with exit codes and both streams", async () => {
    const main = fileURLToPath(new URL("../src/main.ts", import.meta.url));
    const run = promisify(execFile);
    const args = [...process.execArgv, main];
    const { stdout } = await run(process.execPath, [...args, "version", "--json"]);
    expect(JSON.parse(stdout)).toHaveProperty("sluice");
    await expect(run(process.execPath, [...args, "nope"])).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringContaining("unknown command"),
    });
  });
});
