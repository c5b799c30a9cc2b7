/** What the page on deployments shows in YAML does what it says. */
import { copyFile, mkdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { startServer } from "@sluice/server";
import { expect, it, onTestFinished } from "vitest";
import { parse } from "yaml";
import { setUpSluice } from "../run-sluice.ts";
import { spawnSluice } from "../spawn-sluice.ts";
import { temporaryDirectory } from "../temporary-directory.ts";

const PAGE = new URL("../../../../docs/deployments.md", import.meta.url);
const MODULES = fileURLToPath(new URL("../../../../node_modules", import.meta.url));
const REPORT = fileURLToPath(new URL("../fixtures/report.ts", import.meta.url));

async function shown(file: string): Promise<string> {
  const page = await readFile(PAGE, "utf8");
  const [, text] = page.split(`<!-- ${file} -->\n\`\`\`yaml\n`);
  return text?.split("```")[0] ?? "";
}

interface Workflow {
  readonly jobs: {
    readonly deploy: {
      readonly steps: readonly { readonly run?: string; readonly env?: Record<string, string> }[];
    };
  };
}

it("the workflow deploys the file to a server", { timeout: 60_000 }, async () => {
  const workflow = parse(await shown(".github/workflows/deploy.yml")) as Workflow;
  const step = workflow.jobs.deploy.steps.find(({ run }) => run?.startsWith("npx sluice "));
  expect(Object.keys(step?.env ?? {})).toEqual(["SLUICE_API_URL", "SLUICE_API_KEY"]);
  const [directory, home] = [await temporaryDirectory(), await temporaryDirectory()];
  await mkdir(join(directory, "src"));
  await copyFile(REPORT, join(directory, "src", "report.ts"));
  await symlink(MODULES, join(directory, "node_modules"));
  await writeFile(join(directory, "package.json"), '{"type":"module"}');
  await writeFile(join(directory, "sluice.yaml"), await shown("sluice.yaml"));
  const server = await startServer({ host: "127.0.0.1", port: 0, databasePath: join(home, "server.db") });
  onTestFinished(() => server.close());
  const env = { SLUICE_API_URL: server.apiUrl };
  const sluice = await setUpSluice({ home });
  expect((await sluice("work-pool create main --type process", { env })).code).toBe(0);
  const args = (step?.run ?? "").split(" ").slice(2);
  const ran = await spawnSluice(args, { cwd: directory, home, env }).ended;
  expect(ran).toMatchObject({ code: 0, stdout: "Deployed report/nightly\n" });
  const inspected = await sluice("deployment inspect report/nightly --json", { env });
  expect(JSON.parse(inspected.stdout)).toMatchObject({
    pull_steps: [{ git_clone: { repository: "{{ $REPOSITORY }}" } }, { npm_install: {} }],
    schedules: [{ schedule: { cron: "0 6 * * *", timezone: "Europe/Paris" } }],
  });
});
