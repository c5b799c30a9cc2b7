/** What can be written after each part of a command line. */
import { Command } from "commander";
import type { CommandEntry } from "../commands.ts";
import type { Terminal } from "../output/terminal.ts";

/** A command by its words, such as `deployment schedule`, with what may follow: sub-commands and options. */
export interface CommandWords {
  readonly path: string;
  readonly commands: readonly string[];
  readonly options: readonly string[];
}

/** Of every command and of the program itself, whose path is empty. Loads all commands. */
export async function commandWords(
  entries: readonly CommandEntry[],
  terminal: Terminal,
): Promise<readonly CommandWords[]> {
  const program = new Command("sluice").option("--profile <name>").option("-V, --version");
  for (const { name, aliases = [], load } of entries) {
    const command = program
      .command(name)
      .aliases([...aliases])
      .helpCommand(false);
    (await load())(command, terminal);
  }
  program.command("completion");
  program.command("help");
  return wordsOf(program, "");
}

function wordsOf(command: Command, path: string): readonly CommandWords[] {
  const own = {
    path,
    commands: command.commands.flatMap((child) => namesOf(child)),
    options: [...command.options.flatMap(({ long }) => long ?? []), "--help"],
  };
  const children = command.commands.flatMap((child) =>
    namesOf(child).flatMap((name) => wordsOf(child, path === "" ? name : `${path} ${name}`)),
  );
  return [own, ...children];
}

function namesOf(command: Command): readonly string[] {
  return [command.name(), ...command.aliases()];
}
