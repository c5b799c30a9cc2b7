/** `sluice completion …`: the words of the command for the Tab key. */
import { Argument, type Command } from "commander";
import type { CommandEntry } from "../commands.ts";
import type { Terminal } from "../output/terminal.ts";
import { SHELLS, type Shell } from "./shells.ts";

/** Defines the command. It is about all others, which are loaded when it is called. */
export function defineCompletion(
  command: Command,
  entries: readonly CommandEntry[],
  terminal: Terminal,
): void {
  command
    .summary("complete commands with the Tab key in bash, zsh and fish")
    .description("Prints a script by which a shell completes commands and options.")
    .addArgument(new Argument("<shell>", "the shell").choices(SHELLS))
    .addHelpText(
      "after",
      "\nExamples:\n  sluice completion bash >> ~/.bashrc\n  sluice completion zsh >> ~/.zshrc\n" +
        "  sluice completion fish > ~/.config/fish/completions/sluice.fish",
    )
    .action(async (shell: Shell) => {
      const { commandWords } = await import("./command-words.ts");
      const { completionScript } = await import("./completion-script.ts");
      terminal.stdout.write(completionScript(shell, await commandWords(entries, terminal)));
    });
}
