/** Process starts: importing the core and `sluice --help`, against bare node. */
import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { amount } from "../amount.ts";
import { elapsedMs, type Measurement, measurement, median } from "../measurement.ts";

const ROUNDS = amount(15);
const run = promisify(execFile);
const core = import.meta.resolve("@sluice/core");
const command = fileURLToPath(new URL("./dist/main.js", import.meta.resolve("sluice/package.json")));

export async function startUp(): Promise<Measurement[]> {
  const times = { bare: [] as number[], imported: [] as number[], help: [] as number[] };
  for (let round = 0; round < ROUNDS; round += 1) {
    times.bare.push(await nodeMs("--input-type=module", "-e", ""));
    times.imported.push(await nodeMs("--input-type=module", "-e", `import ${JSON.stringify(core)}`));
    times.help.push(await nodeMs(command, "--help"));
  }
  const bare = median(times.bare);
  const common = { unit: "ms", baseline: bare, against: "bare node" };
  return [
    measurement({
      ...common,
      name: "import @sluice/core, above node",
      value: median(times.imported) - bare,
      target: 40,
    }),
    measurement({ ...common, name: "sluice --help", value: median(times.help), target: 150 }),
  ];
}

function nodeMs(...args: readonly string[]): Promise<number> {
  return elapsedMs(() => run(process.execPath, args));
}
