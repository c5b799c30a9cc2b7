/** New projects of every kind pass their own checks, with the packages of this workspace. */
import { execFile } from "node:child_process";
import { mkdtemp, realpath, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, it } from "vitest";
import { scaffold } from "../src/scaffold.ts";
import { KIND_NAMES } from "../src/templates.ts";

const run = promisify(execFile);
const MODULES = fileURLToPath(new URL("../../../node_modules", import.meta.url));
const TIMEOUT_MS = 120_000;

let place: string;

beforeAll(async () => {
  place = await realpath(await mkdtemp(join(tmpdir(), "create-sluice-projects-")));
  await symlink(MODULES, join(place, "node_modules"), "junction");
  const common = { packageManager: "npm" } as const;
  await scaffold({
    ...{ ...common, directory: join(place, "flows"), name: "flows" },
    ...{ template: "flow", kind: undefined },
  });
  for (const kind of KIND_NAMES) {
    const name = `@acme/sluice-${kind}-weather`;
    await scaffold({ ...common, directory: join(place, kind), name, template: "plugin", kind });
  }
});

afterAll(() => rm(place, { recursive: true, force: true }));

it("their types are right", { timeout: TIMEOUT_MS }, async () => {
  // One compilation for all of them, since each reads the sources of the core.
  const compilerOptions = { customConditions: ["@sluice/source"] };
  const include = ["flows", ...KIND_NAMES].flatMap((name) => [`${name}/src`, `${name}/test`]);
  await writeFile(
    join(place, "tsconfig.json"),
    JSON.stringify({ extends: "./notifier/tsconfig.json", compilerOptions, include }),
  );
  const tsc = join(MODULES, "typescript/bin/tsc");
  expect((await run(process.execPath, [tsc, "-p", place])).stdout).toBe("");
});

it("their tests pass", { timeout: TIMEOUT_MS }, async () => {
  const conditions = JSON.stringify(["@sluice/source", "node", "module", "default"]);
  const config = `export default { resolve: { conditions: ${conditions} }, ssr: { resolve: { conditions: ${conditions} } } };`;
  await writeFile(join(place, "vitest.config.mjs"), config);
  const vitest = join(MODULES, "vitest/vitest.mjs");
  // The long suites of the others are run where the templates are.
  const args = [vitest, "run", "flows", "notifier", "tasks", "--root", place, "--reporter", "json"];
  const { stdout } = await run(process.execPath, args, { maxBuffer: 2 ** 26 });
  const { numFailedTests, testResults } = JSON.parse(stdout);
  expect(numFailedTests).toBe(0);
  const files = testResults.map(({ name }: { name: string }) => name.slice(place.length + 1)).toSorted();
  expect(files).toEqual([
    "flows/test/warmest-station.test.ts",
    "notifier/test/conformance.test.ts",
    "tasks/test/conformance.test.ts",
    "tasks/test/fetch-weather-item.test.ts",
  ]);
});
