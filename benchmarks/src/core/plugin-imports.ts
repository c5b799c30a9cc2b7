/** Process starts: importing each plugin, against bare node. */
import { execFile } from "node:child_process";
import { readdir, readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { amount } from "../amount.ts";
import { elapsedMs, type Measurement, measurement, median } from "../measurement.ts";

const ROUNDS = amount(7);
const PACKAGES = new URL("../../../packages/", import.meta.url);
const run = promisify(execFile);

/** The slowest of all, by name, and the one in the middle. */
export async function pluginImports(): Promise<Measurement[]> {
  const plugins = await builtPlugins();
  const bare: number[] = [];
  const times = new Map(plugins.map((name) => [name, [] as number[]]));
  // In rounds, so that whatever slows the machine for a while slows all of them.
  for (let round = 0; round < ROUNDS; round += 1) {
    bare.push(await nodeMs(""));
    for (const [name, taken] of times) {
      const entry = new URL(`${name}/dist/index.js`, PACKAGES).href;
      taken.push(await nodeMs(`import ${JSON.stringify(entry)}`));
    }
  }
  const node = median(bare);
  const costs = [...times]
    .map(([name, taken]) => ({ name, ms: median(taken) - node }))
    .toSorted((one, other) => other.ms - one.ms);
  const [slowest = { name: "none", ms: 0 }] = costs;
  const common = { unit: "ms", baseline: node, against: "bare node", target: 150 };
  return [
    measurement({ ...common, name: `import ${slowest.name}, above node`, value: slowest.ms }),
    measurement({
      ...common,
      name: `import one of ${costs.length} plugins, above node`,
      value: median(costs.map(({ ms }) => ms)),
    }),
  ];
}

/** Packages with blocks. */
async function builtPlugins(): Promise<readonly string[]> {
  const names = await readdir(PACKAGES);
  const isPlugin = await Promise.all(
    names.map(async (name) => {
      const text = await readFile(new URL(`${name}/package.json`, PACKAGES), "utf8");
      const { sluice } = JSON.parse(text) as { readonly sluice?: { readonly blocks?: string } };
      return sluice?.blocks !== undefined;
    }),
  );
  return names.filter((_, index) => isPlugin[index] === true);
}

function nodeMs(program: string): Promise<number> {
  const args = ["--input-type=module", "-e", program];
  return elapsedMs(() => run(process.execPath, args, { cwd: fileURLToPath(PACKAGES) }));
}
