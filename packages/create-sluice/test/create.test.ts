import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable, Writable } from "node:stream";
import { describe, expect, it, onTestFinished, vi } from "vitest";
import { create } from "../src/create.ts";
import { packageVersion } from "../src/package-version.ts";

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly directory: string;
  read(path: string): Promise<string>;
}

async function temporaryDirectory(): Promise<string> {
  const path = await realpath(await mkdtemp(join(tmpdir(), "create-sluice-")));
  onTestFinished(() => rm(path, { recursive: true, force: true }));
  return path;
}

/** Runs the command where nobody can be asked. */
async function run(
  args: readonly string[],
  { directory, env = {} }: { directory?: string; env?: Record<string, string> } = {},
): Promise<Outcome> {
  const place = directory ?? (await temporaryDirectory());
  const written = { stdout: "", stderr: "" };
  const stream = (name: keyof typeof written): Writable =>
    new Writable({
      write(chunk: Buffer, _encoding, done) {
        written[name] += chunk.toString();
        done();
      },
    });
  const streams = { stdin: Readable.from([]), stdout: stream("stdout"), stderr: stream("stderr") };
  const code = await create(args, { ...streams, directory: place, env });
  return { ...written, code, directory: place, read: (path) => readFile(join(place, path), "utf8") };
}

describe("a new project of flows", () => {
  it("has the name of its directory, and the packages of this release", async () => {
    const { code, stdout, read } = await run(["sunny-flows", "--no-install"]);
    expect(code).toBe(0);
    expect(stdout).toContain("sunny-flows is in sunny-flows:\n  .gitignore\n  README.md\n  package.json\n");
    expect(stdout).toContain(
      "Next:\n  cd sunny-flows\n  npm install\n  npm start\n  npm test\n  npm run check\n",
    );
    const { name, dependencies } = JSON.parse(await read("sunny-flows/package.json"));
    expect(name).toBe("sunny-flows");
    const version = `^${packageVersion()}`;
    expect(dependencies).toMatchObject({ "@sluice/core": version, sluice: version });
    expect(await read("sunny-flows/README.md")).toMatch(/^# sunny-flows\n/);
    expect(await read("sunny-flows/.gitignore")).toContain("node_modules/");
  });

  it("may be made in an empty directory, such as a new repository", async () => {
    const directory = await temporaryDirectory();
    await mkdir(join(directory, "here/.git"), { recursive: true });
    const { code, stdout, read } = await run([".", "--yes", "--no-install"], {
      directory: join(directory, "here"),
    });
    expect(code).toBe(0);
    expect(stdout).toContain("Next:\n  npm install\n");
    expect(JSON.parse(await read("package.json")).name).toBe("here");
  });

  it("is told in the words of the package manager that runs the command", async () => {
    const env = { npm_config_user_agent: "pnpm/10.1.0 npm/? node/v20" };
    const { stdout } = await run(["flows", "--no-install"], { env });
    expect(stdout).toContain("  pnpm install\n  pnpm run start\n  pnpm run test\n");
  });
});

describe("a new plugin", () => {
  it("is called after its name", async () => {
    const name = "@acme/sluice-notifier-weather-bell";
    const { code, stdout, read } = await run(["bell", "--kind", "notifier", "--name", name, "--no-install"]);
    expect(code).toBe(0);
    expect(stdout).toContain("  src/weather-bell-notifier.ts\n");
    const text = await read("bell/package.json");
    const manifest = JSON.parse(text);
    const { sluice, peerDependencies } = manifest;
    expect({ name: manifest.name, sluice }).toEqual({ name, sluice: { blocks: "." } });
    expect(peerDependencies["@sluice/core"]).toBe(`>=${packageVersion()} <1`);
    expect(await read("bell/src/index.ts")).toContain(
      'export { WeatherBellNotifier } from "./weather-bell-notifier.ts";',
    );
    expect(await read("bell/src/weather-bell-notifier.ts")).toContain('slug: "weather-bell-notifier"');
    expect(await read("bell/README.md")).toContain(`import { WeatherBellNotifier } from "${name}";`);
  });
});

describe("what cannot be made", () => {
  it.each<[string, string[], string]>([
    ["without a place", [], "Say where: npm create sluice@latest my-flows."],
    ["of a plugin of no kind", ["x", "--template", "plugin"], "--kind file-system, --kind notifier"],
    ["of an unknown template", ["x", "-t", "flows"], '--template cannot be "flows". It is flow, plugin.'],
    ["of an unknown kind", ["x", "-k", "storage"], '--kind cannot be "storage". It is file-system, notifier'],
    ["of flows with a kind", ["x", "-t", "flow", "-k", "tasks"], "give it with --template plugin"],
    [
      "with a misspelt option",
      ["x", "--no-instal"],
      "Unknown option '--no-instal'. The options are --template",
    ],
    ["in two places", ["my", "flows"], "One directory is enough; there are my, flows."],
    ["with an unknown package manager", ["x", "--package-manager", "deno"], "It is npm, pnpm, yarn, bun."],
    ["under a name with capitals", ["My Flows"], "Use small letters, digits and hyphens, such as my-flows."],
    [
      "under a name that is taken",
      ["x", "--name", "sluice"],
      '"sluice" cannot be the name of an npm package.',
    ],
  ])("%s is told, with what to do", async (_, args, words) => {
    const { code, stdout, stderr } = await run(args);
    expect(code).toBe(2);
    expect(stderr).toContain(words);
    expect(stderr).toMatch(/\nAdd --help to see what is possible\.\n$/);
    expect(stdout).toBe("");
  });

  it("where there are files already is left as it is", async () => {
    const directory = await temporaryDirectory();
    for (const name of ["a", "b", "c", "d"]) await writeFile(join(directory, name), name);
    const { code, stderr, read } = await run([".", "--name", "flows"], { directory });
    expect(code).toBe(2);
    expect(stderr).toContain(`${directory} is not empty: it has a, b, c and 1 more. Name a new directory.`);
    await expect(read("package.json")).rejects.toThrow("ENOENT");
  });

  it("in the place of a file is told", async () => {
    const directory = await temporaryDirectory();
    await writeFile(join(directory, "flows"), "");
    const { code, stderr } = await run(["flows"], { directory });
    expect(code).toBe(2);
    expect(stderr).toContain("flows is a file. Name a new directory.");
  });

  it("because nothing can be installed says what to run later", async () => {
    vi.stubEnv("PATH", "");
    onTestFinished(() => void vi.unstubAllEnvs());
    const { code, stderr, directory, read } = await run(["flows", "--package-manager", "bun"]);
    expect(code).toBe(1);
    expect(stderr).toContain(`The files are written; run "bun install" in ${join(directory, "flows")} when`);
    expect(await read("flows/package.json")).toContain('"flows"');
  });
});

it("help names every option, and the version is this package's", async () => {
  const { code, stdout } = await run(["--help"]);
  expect(code).toBe(0);
  for (const option of [
    "--template",
    "--kind",
    "--name",
    "--package-manager",
    "--no-install",
    "--yes",
    "--version",
  ]) {
    expect(stdout).toContain(option);
  }
  expect((await run(["--version"])).stdout).toBe(`${packageVersion()}\n`);
});
