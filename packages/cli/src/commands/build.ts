/** `sluice build`: runs the build steps of a project, without deploying anything. */

import { InvalidRequestError } from "@sluice/protocol";
import type { Command } from "commander";
import { findProjectFile } from "../deploying/project-file.ts";
import { ProjectSteps } from "../deploying/project-steps.ts";
import type { JsonOptions } from "../global-options.ts";
import { type HistoryContext, withHistory } from "../history/with-history.ts";
import type { Terminal } from "../output/terminal.ts";
import { useProfile } from "../running/use-profile.ts";

interface BuildOptions extends JsonOptions {
  readonly file?: string;
  readonly push?: true;
}

/** Defines the command. */
export function defineBuild(command: Command, terminal: Terminal): void {
  command
    .description(
      "Runs the build steps of sluice.yaml that all its deployments share, and tells what they gave.",
    )
    .option("--push", "and its push steps")
    .option("--file <path>", "instead of sluice.yaml or prefect.yaml here")
    .option("--json", "print JSON")
    .addHelpText("after", "\nExamples:\n  sluice build\n  sluice build --push --json | jq .build.image")
    .action(async (_options, command: Command) => {
      const options: BuildOptions = command.optsWithGlobals();
      useProfile(options.profile);
      await withHistory(options, terminal, (context) => build(options, context));
    });
}

async function build(options: BuildOptions, { api, printer, terminal }: HistoryContext): Promise<void> {
  const file = await findProjectFile(process.cwd(), options.file);
  if (file === undefined || file.build === undefined || file.build.length === 0) {
    const reason = file === undefined ? "there is no sluice.yaml here" : `${file.path} has no build steps`;
    throw new InvalidRequestError(`There is nothing to build: ${reason}.`);
  }
  const steps = new ProjectSteps({ api, directory: file.directory, terminal });
  const built = await steps.run(file.build, new Map());
  const outputs = options.push ? await steps.run(file.push, built) : built;
  if (options.json) printer.json(Object.fromEntries(outputs));
  else printer.line(`${options.push ? "Built and pushed" : "Built"} by ${file.path}`);
}
