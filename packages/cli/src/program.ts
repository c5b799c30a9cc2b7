/** From arguments to an exit code: which commands there are, and what happens when one fails. */
import { Command, CommanderError } from "commander";
import { COMMANDS } from "./commands.ts";
import { defineCompletion } from "./completion/define-completion.ts";
import { EXIT_FAILURE, EXIT_OK, EXIT_USAGE } from "./exit-codes.ts";
import type { Terminal } from "./output/terminal.ts";
import { packageVersion } from "./package-version.ts";

/**
 * Runs `sluice` with these arguments. Never throws: what goes wrong is said on standard error.
 * @returns the exit code: 0 done, 1 failed, 2 asked for in a way that is not understood; commands may have others.
 */
export async function runProgram(args: readonly string[], terminal: Terminal): Promise<number> {
  try {
    await createProgram(terminal).parseAsync(args.length === 0 ? ["--help"] : args, { from: "user" });
    return terminal.exitCode ?? EXIT_OK;
  } catch (error) {
    if (error instanceof CommanderError) return isHelpOrVersion(error) ? EXIT_OK : EXIT_USAGE;
    const { reportError } = await import("./output/report-error.ts");
    reportError(error, terminal);
    return EXIT_FAILURE;
  }
}

function createProgram(terminal: Terminal): Command {
  const program = new Command("sluice")
    .description("Sluice runs workflows written in TypeScript.")
    .version(packageVersion(), "-V, --version", "print the version and exit")
    .option("--profile <name>", "use this profile instead of the active one")
    .helpOption("-h, --help", "show help")
    .helpCommand(false)
    .configureOutput({
      writeOut: (text) => terminal.stdout.write(text),
      writeErr: (text) => terminal.stderr.write(text),
      getOutHelpWidth: () => terminal.stdout.columns ?? 100,
      getErrHelpWidth: () => terminal.stderr.columns ?? 100,
    })
    .showHelpAfterError("Add --help to see what is possible.")
    .exitOverride()
    .addHelpText("after", EXAMPLES);
  for (const { name, aliases = [], summary } of COMMANDS) {
    program
      .command(name)
      .aliases([...aliases])
      .summary(summary)
      .helpCommand(false);
  }
  defineCompletion(program.command("completion").helpCommand(false), COMMANDS, terminal);
  program
    .command("help [command...]")
    .summary("show help of a command")
    .action(async (names: string[]) => {
      // Of an unknown command commander would show the program's help; without --help it says that it is unknown.
      const isKnown = names.length === 0 || program.commands.some((command) => isNamed(command, names[0]));
      await createProgram(terminal).parseAsync(isKnown ? [...names, "--help"] : names, { from: "user" });
    });
  // A command's module is loaded when the command is called, and no other: help must not wait for what it does not run.
  program.hook("preSubcommand", async (_program, command) => {
    const entry = COMMANDS.find(({ name }) => name === command.name());
    if (entry !== undefined) (await entry.load())(command, terminal);
  });
  return program;
}

function isNamed(command: Command, name: string | undefined): boolean {
  return name !== undefined && (command.name() === name || command.aliases().includes(name));
}

function isHelpOrVersion({ code }: CommanderError): boolean {
  return code === "commander.helpDisplayed" || code === "commander.version";
}

const EXAMPLES = `
Examples:
  sluice run report.ts -p day=2026-11-20                 run a flow
  sluice flow-run ls                                     see what has run
  sluice server start                                    start a server on this machine
  sluice config set api.url=http://127.0.0.1:4200/api    use a server
  sluice profile create staging && sluice profile use staging
  sluice help config set                                 learn about one command

Every setting can be given as an environment variable too: api.url is SLUICE_API_URL.`;
