/** `sluice init`: starts a `sluice.yaml`. */
import { writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { SluiceError } from "@sluice/protocol";
import { type Command, Option } from "commander";
import { newProjectFile, RECIPES, type Recipe } from "../deploying/new-project-file.ts";
import { Printer } from "../output/printer.ts";
import type { Terminal } from "../output/terminal.ts";

interface InitOptions {
  readonly name?: string;
  readonly recipe: Recipe;
}

/** Defines the command. */
export function defineInit(command: Command, terminal: Terminal): void {
  command
    .description("Starts a sluice.yaml in this directory. A file that is there is left alone.")
    .option("--name <name>", "name of the project; default: that of the directory")
    .addOption(
      new Option("--recipe <recipe>", "where the code is when flows run: here, in a repository, in an image")
        .choices(RECIPES)
        .default("local"),
    )
    .addHelpText("after", "\nExamples:\n  sluice init\n  sluice init --recipe git --name reports")
    .action(async (_options, init: Command) => {
      const { name, recipe }: InitOptions = init.optsWithGlobals();
      const directory = process.cwd();
      const path = join(directory, "sluice.yaml");
      const text = await newProjectFile({ name: name ?? basename(directory), recipe, directory });
      await writeNew(path, text);
      const printer = new Printer(terminal);
      printer.line(`Wrote ${path}`);
      printer.hint("Name your flow and work pool in it, then: sluice deploy --all");
    });
}

async function writeNew(path: string, text: string): Promise<void> {
  try {
    await writeFile(path, text, { flag: "wx" });
  } catch (cause) {
    const isThere = cause instanceof Error && "code" in cause && cause.code === "EEXIST";
    const reason = isThere ? "is there already; it was left as it is" : `cannot be written: ${String(cause)}`;
    throw new SluiceError("INVALID_REQUEST", `${path} ${reason}.`, { cause });
  }
}
