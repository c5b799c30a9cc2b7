/** `sluice run`: runs a flow here. */
import { closeEngines, type Flow, loadFlow, tags } from "@sluice/core";
import type { Command } from "commander";
import type { GlobalOptions } from "../global-options.ts";
import type { Terminal } from "../output/terminal.ts";
import { parametersOf } from "../running/given-parameters.ts";
import { loadTypeScript } from "../running/load-typescript.ts";
import { addParameterOptions, givenParameters, type ParameterOptions } from "../running/parameter-options.ts";
import { runInTerminal, type TerminalRun } from "../running/run-in-terminal.ts";
import { useProfile } from "../running/use-profile.ts";

interface RunOptions extends GlobalOptions, ParameterOptions {
  readonly name?: string;
  readonly tag?: readonly string[];
  readonly json?: true;
}

/** Defines the command. */
export function defineRun(command: Command, terminal: Terminal): void {
  command
    .description(
      "Runs a flow in this process: loads the file (TypeScript or JavaScript), shows progress, and sums up how it went. Exits with 0 when the flow completed, 1 when it did not, 130 after Ctrl-C and 143 after SIGTERM, which both let the flow clean up.",
    )
    .argument("<file[:flow]>", "file that exports the flow; the flow's name if it exports several");
  addParameterOptions(command)
    .option("--name <name>", "name of the run; default: an adjective and an animal")
    .option("-t, --tag <tag>", "tag of the run and its task runs; repeatable", addTag)
    .option("--json", "print the outcome and the result as JSON")
    .addHelpText(
      "after",
      "\nExamples:\n  sluice run report.ts\n  sluice run flows.ts:report -p day=2026-11-20 -p limit=10 --tag nightly\n" +
        "  sluice run report.ts --params @report.json --json | jq .result",
    )
    .action(async (entrypoint: string, _options, run: Command) => {
      terminal.exitCode = await runEntrypoint(entrypoint, run.optsWithGlobals(), terminal);
    });
}

async function runEntrypoint(entrypoint: string, options: RunOptions, terminal: Terminal): Promise<number> {
  useProfile(options.profile);
  await loadTypeScript();
  const load = async (): Promise<TerminalRun> => {
    const { flow } = await loadFlow(entrypoint);
    const parameters = parametersOf(flow, givenParameters(options));
    return { flow: named(flow, options.name), call: { parameters } };
  };
  try {
    return await tags(...(options.tag ?? []), () =>
      runInTerminal(load, { json: options.json === true, terminal }),
    );
  } finally {
    await closeEngines();
  }
}

function named(flow: Flow<never, unknown>, name: string | undefined): Flow<never, unknown> {
  return name === undefined ? flow : flow.withOptions({ flowRunName: () => name });
}

function addTag(tag: string, previous: readonly string[] | undefined): readonly string[] {
  return [...(previous ?? []), tag];
}
