/** `npm run bench -- [suite] [--json]`: measures what Sluice costs; `SLUICE_BENCH_SCALE=0.02` tries whether it can. */
import { parseArgs } from "node:util";
import { coreBenchmarks } from "./core/core-benchmarks.ts";
import type { Benchmark, Measurement } from "./measurement.ts";
import { serverBenchmarks } from "./server/server-benchmarks.ts";
import { serverLargeBenchmarks } from "./server-large/server-large-benchmarks.ts";
import { storageBenchmarks } from "./storage/storage-benchmarks.ts";

const SUITES: Readonly<Record<string, readonly Benchmark[]>> = {
  core: coreBenchmarks,
  server: serverBenchmarks,
  "server-large": serverLargeBenchmarks,
  storage: storageBenchmarks,
};

const { values, positionals } = parseArgs({
  options: { json: { type: "boolean", default: false } },
  allowPositionals: true,
});
const names = positionals.length === 0 ? ["core", "server"] : positionals;
const unknown = names.find((name) => SUITES[name] === undefined);
if (unknown === undefined) await measure(names);
else {
  process.stderr.write(
    `There is no benchmark suite "${unknown}". Suites: ${Object.keys(SUITES).join(", ")}.\n`,
  );
  process.exitCode = 2;
}

async function measure(suites: readonly string[]): Promise<void> {
  const results: Measurement[] = [];
  for (const name of suites) {
    for (const benchmark of SUITES[name] ?? []) {
      const measured = await benchmark();
      results.push(...measured);
      for (const line of measured) if (!values.json) process.stdout.write(`${row(line)}\n`);
    }
  }
  if (values.json) process.stdout.write(`${JSON.stringify(results, null, 2)}\n`);
}

function row(line: Measurement): string {
  const figure = `${line.value} ${line.unit}`.padStart(16);
  return `${line.name.padEnd(42)}${figure}   target ${line.target}   × ${line.ratio} of ${line.against} (${line.baseline})`;
}
