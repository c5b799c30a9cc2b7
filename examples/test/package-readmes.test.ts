/** Code in the README of each package is right by its types, and runs where that needs no server. */
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, it, onTestFinished } from "vitest";
import { temporaryDirectory } from "./temporary-directory.ts";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));
const TSC = `${ROOT}node_modules/typescript/bin/tsc`;

interface ReadmeBlock {
  /** `storage-s3` or, where there are several, `storage-s3-2`. */
  readonly name: string;
  readonly code: string;
}

async function readmeBlocks(): Promise<ReadmeBlock[]> {
  const blocks: ReadmeBlock[] = [];
  for (const name of await readdir(`${ROOT}packages`)) {
    const readme = `${ROOT}packages/${name}/README.md`;
    if (!existsSync(readme)) continue;
    const text = await readFile(readme, "utf8");
    for (const [index, [, code = ""]] of [...text.matchAll(/```ts\n([\s\S]*?)```/g)].entries()) {
      blocks.push({ name: index === 0 ? name : `${name}-${index + 1}`, code });
    }
  }
  return blocks;
}

/** Writes the code of all packages to files that find the packages. */
async function writtenBlocks(): Promise<{ readonly directory: string; readonly blocks: ReadmeBlock[] }> {
  const blocks = await readmeBlocks();
  await mkdir(`${ROOT}examples/.readmes`, { recursive: true });
  const directory = await mkdtemp(`${ROOT}examples/.readmes/`);
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  for (const { name, code } of blocks) await writeFile(`${directory}/${name}.ts`, code);
  return { directory, blocks };
}

it("is right by its types in every package", { timeout: 180_000 }, async () => {
  const { directory, blocks } = await writtenBlocks();
  expect(blocks.length).toBeGreaterThan(20);
  const compilerOptions = { noUnusedLocals: false, rootDir: ROOT };
  const config = { extends: `${ROOT}tsconfig.json`, compilerOptions, include: [directory] };
  await writeFile(`${directory}/tsconfig.json`, JSON.stringify(config));
  expect(await complaints(directory)).toEqual([]);
});

it.for([
  ["core", ""],
  ["orchestration", "AwaitingRetry\n"],
  ["store", ""],
  ["server", ""],
  ["server-2", /^http:\/\/127\.0\.0\.1:\d+\/api\n$/],
] as const)("of %s does what it says", { timeout: 60_000 }, async ([name, output]) => {
  const { directory } = await writtenBlocks();
  const home = await temporaryDirectory();
  const node = ["--conditions=@sluice/source", "--import", import.meta.resolve("tsx")];
  const { stdout } = await promisify(execFile)(process.execPath, [...node, `${directory}/${name}.ts`], {
    cwd: home,
    env: { ...process.env, SLUICE_HOME: home },
  });
  expect(stdout).toMatch(typeof output === "string" ? new RegExp(`^${output}$`) : output);
});

/** What the compiler says of the files, one line each. */
async function complaints(directory: string): Promise<string[]> {
  try {
    await promisify(execFile)(process.execPath, [TSC, "-p", directory, "--checkers", "1"]);
    return [];
  } catch (error) {
    if (!(error instanceof Error) || !("stdout" in error)) throw error;
    return String(error.stdout)
      .split("\n")
      .filter((line) => line !== "");
  }
}
