/**
 * Packs every publishable package, checks the shape of the tarballs (publint, are-the-types-wrong), then installs them
 * into empty projects and uses them as a newcomer would: on this Node and on Node 24, with TypeScript and JavaScript.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const root = new URL("..", import.meta.url).pathname;
const work = mkdtempSync(join(tmpdir(), "sluice-packages-"));
const run = (command, args, cwd, env = {}) =>
  execFileSync(command, args, {
    cwd,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, ...env },
  });

const say = (text) => process.stdout.write(`${text}\n`);

/** Packages that nobody imports. */
const COMMANDS = new Set(["sluice", "create-sluice"]);

const packages = readdirSync(join(root, "packages")).map((name) => join(root, "packages", name));
const tarballs = new Map();
for (const directory of packages) {
  const { name, private: isPrivate } = JSON.parse(readFileSync(join(directory, "package.json"), "utf8"));
  if (isPrivate) continue;
  const [{ filename, size, entryCount }] = JSON.parse(
    run("npm", ["pack", "--json", "--pack-destination", work], directory),
  );
  const tarball = join(work, filename);
  say(`${name}: ${entryCount} files, ${(size / 1024).toFixed(0)} kB`);
  say(run("npx", ["publint", "--strict", tarball], root).trim());
  if (!COMMANDS.has(name)) run("npx", ["attw", tarball, "--profile", "esm-only", "--no-emoji"], root);
  tarballs.set(name, tarball);
}

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
console.log("ok", process.version);
`;

function checkProject(name, { dependencies, node24, usesCommand }) {
  const directory = join(work, name);
  mkdirSync(directory);
  writeFileSync(join(directory, "package.json"), JSON.stringify({ name, private: true, type: "module" }));
  writeFileSync(join(directory, "flow.ts"), FLOW);
  writeFileSync(join(directory, "program.mjs"), PROGRAM);
  const versions = node24 ? ["node@24"] : [];
  run("npm", ["install", "--no-audit", "--no-fund", "--silent", ...dependencies, ...versions], directory);
  const node = node24 ? join(directory, "node_modules/node/bin/node") : process.execPath;
  const env = { SLUICE_HOME: join(directory, "home") };
  say(`${name} ${run(node, ["program.mjs"], directory, env).trim()}`);
  if (!usesCommand) return;
  const strict = [
    "--noEmit",
    "--strict",
    "--skipLibCheck",
    "--target",
    "es2023",
    "--module",
    "nodenext",
    "--types",
    "",
    "flow.ts",
  ];
  run(join(root, "node_modules/.bin/tsc"), strict, directory);
  const command = join(directory, "node_modules/sluice/dist/main.js");
  const answer = JSON.parse(
    run(node, [command, "run", "flow.ts", "-p", "count=4", "--json"], directory, env),
  );
  if (JSON.stringify(answer.result) !== "[0,2,4,6]")
    throw new Error(`sluice run gave ${JSON.stringify(answer)}`);
  const runs = JSON.parse(run(node, [command, "flow-run", "ls", "--json"], directory, env));
  if (!runs.some((flowRun) => flowRun.id === answer.id && flowRun.state_type === "COMPLETED")) {
    throw new Error("the run is not in the history");
  }
  const tasks = JSON.parse(
    run(node, [command, "task-run", "ls", "--flow-run", answer.id, "--json"], directory, env),
  );
  if (tasks.length !== 4) throw new Error(`there are ${tasks.length} task runs, not 4`);
}

/** What `create-sluice` writes passes its own checks with the packed packages. */
function checkNewProject(name, args) {
  const directory = join(work, name);
  const command = join(work, "whole-product-node-20/node_modules/create-sluice/dist/main.js");
  run(process.execPath, [command, directory, ...args, "--no-install"], work);
  run("npm", ["install", "--no-audit", "--no-fund", "--silent", ...all], directory);
  for (const script of args.includes("flow") ? ["check", "test", "start"] : ["check", "test", "build"]) {
    run("npm", ["run", "--silent", script], directory, { SLUICE_HOME: join(directory, "home") });
  }
  say(`${name} checked, tested, and run or built`);
}

const all = [...tarballs.values()];
const library = ["@sluice/protocol", "@sluice/orchestration", "@sluice/core"].map((name) =>
  tarballs.get(name),
);
checkProject("whole-product-node-20", { dependencies: [...all, "zod"], usesCommand: true });
checkProject("library-alone-node-20", { dependencies: library, usesCommand: false });
checkProject("whole-product-node-24", { dependencies: [...all, "zod"], usesCommand: true, node24: true });
checkNewProject("new-flows", ["--template", "flow"]);
for (const kind of ["file-system", "notifier", "task-runner", "tasks"]) {
  checkNewProject(`new-${kind}`, ["--kind", kind]);
}
rmSync(work, { recursive: true, force: true });
