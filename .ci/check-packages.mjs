/**
 * Packs every publishable package, checks the shape of the tarballs, then installs them into an empty project and uses
 * them as a newcomer would: on this Node and on Node 24, with TypeScript and JavaScript, and in what `create-sluice` writes.
 */
import { execFile } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { shapeProblems } from "./package-shapes.mjs";

const FLOW = `import { flow, task, runLogger } from "@sluice/core";
import { z } from "zod";
const double = task({ name: "double", retries: 1 }, async (value: number): Promise<number> => value * 2);
export const doubles = flow(
  { name: "doubles", parameters: z.object({ count: z.number().default(3) }) },
  async ({ count }): Promise<number[]> => {
    const values = await double.map(Array.from({ length: count }, (_, index) => index));
    runLogger().info("Doubled", { values });
    return values;
  });
`;
const PROGRAM = `import { flow, task } from "@sluice/core";
const add = task({ name: "add" }, async (a, b) => a + b);
const sum = flow({ name: "sum" }, async () => add(1, add.submit(1, 1)));
const state = await sum.returnState();
if (!state.isCompleted() || (await state.result()) !== 3) throw new Error(String(state));
`;
const STRICT = ["--noEmit", "--strict", "--skipLibCheck", "--target", "es2023", "--module", "nodenext"];
/** Names and arguments of projects that `create-sluice` makes. */
const NEW_PROJECTS = [
  ["acme-flows", "--template", "flow"],
  ...["file-system", "notifier", "task-runner", "tasks"].map((kind) => [`acme-${kind}`, "--kind", kind]),
];
const TIMEOUT_MS = 300_000;

const root = new URL("..", import.meta.url).pathname;
const work = mkdtempSync(join(tmpdir(), "sluice-packages-"));
/** Ends what runs beside a check that failed. */
const others = new AbortController();
try {
  await checkAll();
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
} finally {
  others.abort();
  rmSync(work, { recursive: true, force: true, maxRetries: 20 });
}

async function checkAll() {
  const tarballs = await packed();
  const library = ["@sluice/protocol", "@sluice/orchestration", "@sluice/core"];
  // Shapes take processor time, and installing takes the network's.
  const [whole, alone, other] = await Promise.all([
    installed("whole-product", [...tarballs.values(), "zod"]),
    installed(
      "library-alone",
      library.map((name) => tarballs.get(name)),
    ),
    installed("node-24", ["node@24"]),
    checkShapes(tarballs),
  ]);
  const node24 = join(other, "node_modules/node/bin/node");
  await checkProgram(alone, process.execPath);
  await run(join(root, "node_modules/.bin/tsc"), [...STRICT, "--types", "", "flow.ts"], whole);
  for (const node of [process.execPath, node24]) {
    await checkProgram(whole, node);
    await checkCommand(whole, node);
  }
  await checkNewProjects(whole);
}

/** Paths of the tarballs by the packages' names. */
async function packed() {
  const names = readdirSync(join(root, "packages"))
    .map((name) => join(root, "packages", name, "package.json"))
    .filter((path) => existsSync(path))
    .map((path) => JSON.parse(readFileSync(path, "utf8")))
    .filter((manifest) => manifest.private !== true)
    .map(({ name }) => name);
  const only = names.map((name) => `--workspace=${name}`);
  const tarballs = JSON.parse(
    await run("npm", ["pack", "--json", "--pack-destination", work, ...only], root),
  );
  for (const { name, entryCount, size } of tarballs) {
    say(`${name}: ${entryCount} files, ${(size / 1024).toFixed(0)} kB`);
  }
  return new Map(tarballs.map(({ name, filename }) => [name, join(work, filename)]));
}

async function checkShapes(tarballs) {
  const problems = [];
  for (const [name, tarball] of tarballs) {
    for (const problem of await shapeProblems(tarball)) problems.push(`${name}: ${problem}`);
  }
  if (problems.length > 0) throw new Error(`Packages are out of shape:\n${problems.join("\n")}`);
  say(`The shape of ${tarballs.size} packages is right`);
}

/** The directory of a new project with these packages. */
async function installed(name, packages) {
  const directory = join(work, name);
  mkdirSync(directory);
  writeFileSync(join(directory, "package.json"), JSON.stringify({ name, private: true, type: "module" }));
  writeFileSync(join(directory, "flow.ts"), FLOW);
  writeFileSync(join(directory, "program.mjs"), PROGRAM);
  await install(directory, packages);
  say(`${name}: installed`);
  return directory;
}

async function install(directory, packages = []) {
  await run(
    "npm",
    ["install", "--no-audit", "--no-fund", "--silent", "--prefer-offline", ...packages],
    directory,
  );
}

async function checkProgram(project, node) {
  await run(node, ["program.mjs"], project, homeOf(project, node));
  say(`${project.slice(work.length + 1)}: a flow ran on ${(await run(node, ["--version"], project)).trim()}`);
}

/** Runs a TypeScript flow by the command, and finds it in the history. */
async function checkCommand(project, node) {
  const command = join(project, "node_modules/sluice/dist/main.js");
  const sluice = async (...args) =>
    JSON.parse(await run(node, [command, ...args, "--json"], project, homeOf(project, node)));
  const answer = await sluice("run", "flow.ts", "-p", "count=4");
  if (JSON.stringify(answer.result) !== "[0,2,4,6]")
    throw new Error(`sluice run gave ${JSON.stringify(answer)}`);
  const runs = await sluice("flow-run", "ls");
  if (!runs.some((flowRun) => flowRun.id === answer.id && flowRun.state_type === "COMPLETED"))
    throw new Error("The run is not in the history.");
  const tasks = await sluice("task-run", "ls", "--flow-run", answer.id);
  if (tasks.length !== 4) throw new Error(`There are ${tasks.length} task runs, not 4.`);
  say(`${project.slice(work.length + 1)}: the command ran a flow and showed it`);
}

/** What `create-sluice` writes passes its own checks, with the packages of the project around it. */
async function checkNewProjects(whole) {
  const create = join(whole, "node_modules/create-sluice/dist/main.js");
  for (const [name, ...args] of NEW_PROJECTS) {
    await run(process.execPath, [create, join(whole, name), ...args, "--no-install"], whole);
  }
  const manifest = JSON.parse(readFileSync(join(whole, "package.json"), "utf8"));
  const workspaces = NEW_PROJECTS.map(([name]) => name);
  writeFileSync(join(whole, "package.json"), JSON.stringify({ ...manifest, workspaces }));
  await install(whole);
  for (const name of workspaces) {
    const project = join(whole, name);
    for (const script of ["check", "test", name === "acme-flows" ? "start" : "build"]) {
      await run("npm", ["run", "--silent", script], project, homeOf(project, process.execPath));
    }
    say(`${name}: checked, tested, and run or built`);
  }
}

/** Each Node has a history of its own. */
function homeOf(project, node) {
  return { SLUICE_HOME: join(project, node === process.execPath ? "home" : "home-of-other-node") };
}

/** What the program prints. */
async function run(command, args, cwd, env = {}) {
  const options = {
    cwd,
    env: { ...process.env, ...env },
    timeout: TIMEOUT_MS,
    maxBuffer: 64 * 1024 * 1024,
    signal: others.signal,
  };
  try {
    return (await promisify(execFile)(command, args, options)).stdout;
  } catch (error) {
    throw new Error(`${command} ${args.slice(0, 4).join(" ")} … failed:\n${error.stdout}${error.stderr}`, {
      cause: error,
    });
  }
}

function say(text) {
  process.stdout.write(`${text}\n`);
}
