/** `sluice deploy`: makes flows known to the server. */
import { type DeployedFlow, deploy, type FlowDeployment } from "@sluice/core";
import type { Command } from "commander";
import { addDeployOptions, type DeployOptions } from "../deploying/deploy-options.ts";
import { planDeployment } from "../deploying/plan-deployment.ts";
import { findProjectFile } from "../deploying/project-file.ts";
import { ProjectSteps } from "../deploying/project-steps.ts";
import { selectDeployments } from "../deploying/select-deployments.ts";
import { type HistoryContext, withHistory } from "../history/with-history.ts";
import type { Terminal } from "../output/terminal.ts";
import { loadTypeScript } from "../running/load-typescript.ts";
import { useProfile } from "../running/use-profile.ts";

/** Defines the command. */
export function defineDeploy(command: Command, terminal: Terminal): void {
  addDeployOptions(
    command
      .description(
        "Deploys flows: those of sluice.yaml (or prefect.yaml), or the one that is named. Runs the build and push steps of the file first. Deploying again changes what differs.",
      )
      .argument("[file:flow]", "a flow, such as src/report.ts:report; default: what sluice.yaml has"),
  )
    .addHelpText(
      "after",
      "\nExamples:\n  sluice deploy src/report.ts:report -n nightly --pool main --cron '0 6 * * *' --timezone Europe/Paris\n" +
        "  sluice deploy --all\n  sluice deploy -n 'report-*' --paused",
    )
    .action(async (entrypoint: string | undefined, _options, command: Command) => {
      const options: DeployOptions = command.optsWithGlobals();
      useProfile(options.profile);
      await loadTypeScript();
      await withHistory(options, terminal, (context) => deployNamed(entrypoint, options, context));
    });
}

async function deployNamed(
  entrypoint: string | undefined,
  options: DeployOptions,
  { api, printer, terminal }: HistoryContext,
): Promise<void> {
  const file = await findProjectFile(process.cwd(), options.file);
  const selected = await selectDeployments({ file, entrypoint, options, terminal });
  const directory = file?.directory ?? process.cwd();
  const steps = new ProjectSteps({ api, directory, terminal });
  const planning = { api, directory, file, options, steps, env: terminal.env };
  const planned: FlowDeployment[] = [];
  for (const each of selected) planned.push(await planDeployment(each, planning));
  const deployed = await deploy(...planned);
  if (options.json) printer.json(deployed);
  else tellOf(deployed, planned, { api, printer, terminal });
}

function tellOf(
  deployed: readonly DeployedFlow[],
  planned: readonly FlowDeployment[],
  { printer }: HistoryContext,
): void {
  for (const { name, isNew } of deployed) printer.line(`${isNew ? "Deployed" : "Deployed again"} ${name}`);
  const [first] = deployed;
  const pool = planned[0]?.options.workPool;
  if (first !== undefined) printer.hint(`Run it: sluice deployment run ${first.name}`);
  if (pool === undefined) printer.hint("No worker takes its runs: it is in no work pool. Give --pool.");
  else printer.hint(`Its runs need a worker: sluice worker start --pool ${pool}`);
}
