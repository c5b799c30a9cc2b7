/** `sluice block …`: typed configuration with secrets. */
import { parseBlockReference } from "@sluice/core/blocks";
import type { Command } from "commander";
import { type CreateOptions, createBlock } from "../blocks/create-block.ts";
import { defineBlockTypes } from "../blocks/define-block-types.ts";
import { addFieldOptions } from "../blocks/field-options.ts";
import { inspectBlock } from "../blocks/inspect-block.ts";
import { type BlockListOptions, listBlocks } from "../blocks/list-blocks.ts";
import { type RegisterOptions, registerBlocks } from "../blocks/register-blocks.ts";
import type { GlobalOptions } from "../global-options.ts";
import { parseCount } from "../history/list-options.ts";
import { withHistory } from "../history/with-history.ts";
import type { Terminal } from "../output/terminal.ts";

const DEFAULT_LIMIT = 200;
const BLOCK = ["<type/name>", "the block, such as secret/api-key"] as const;

interface JsonOption extends GlobalOptions {
  readonly json?: true;
}

/** Defines the command and its sub-commands. */
export function defineBlock(command: Command, terminal: Terminal): void {
  command
    .description(
      "A block is typed configuration with a name, such as credentials or a bucket. Its secrets are hidden here.\n" +
        "The environment may declare blocks too: SLUICE_BLOCK_SECRET__API_KEY holds the fields of secret/api-key as JSON.",
    )
    .addHelpText(
      "after",
      "\nExamples:\n  sluice block create secret/api-key                     asks for the value\n" +
        "  sluice block create s3-bucket/reports --data @bucket.json\n" +
        "  sluice block ls\n  sluice block register --file blocks.ts",
    );
  defineReading(command, terminal);
  defineCreate(command, terminal);
  defineDelete(command, terminal);
  defineRegister(command, terminal);
  defineBlockTypes(command.command("type").summary("list, inspect and delete block types"), terminal);
}

function defineReading(command: Command, terminal: Terminal): void {
  command
    .command("ls")
    .description("Lists blocks: those of the environment first, as they are loaded first.")
    .option("--type <slug>", "only blocks of this type")
    .option("--limit <count>", "at most this many", parseCount, DEFAULT_LIMIT)
    .option("--json", "print JSON")
    .addHelpText("after", "\nExamples:\n  sluice block ls --type secret")
    .action(async (_options, ls: Command) => {
      const options: BlockListOptions & GlobalOptions = ls.optsWithGlobals();
      await withHistory(options, terminal, (context) => listBlocks(options, context));
    });

  command
    .command("inspect")
    .description("Shows a block's fields, with its secrets hidden.")
    .argument(...BLOCK)
    .option("--json", "print JSON")
    .addHelpText("after", "\nExamples:\n  sluice block inspect s3-bucket/reports")
    .action(async (reference: string, _options, inspect: Command) => {
      const options: JsonOption = inspect.optsWithGlobals();
      await withHistory(options, terminal, (context) =>
        inspectBlock(reference, options.json === true, context),
      );
    });
}

function defineCreate(command: Command, terminal: Terminal): void {
  addFieldOptions(command.command("create"))
    .description(
      "Makes a block and saves it. On a terminal it asks for required fields that are not given; secrets are not shown.",
    )
    .argument(...BLOCK)
    .option("--overwrite", "replace a block of this name")
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      "\nExamples:\n  sluice block create secret/api-key\n" +
        '  echo \'{"value": "…"}\' | sluice block create secret/api-key --data -\n' +
        "  sluice block create s3-bucket/reports --set bucket_name=reports --set credentials=aws-credentials/prod",
    )
    .action(async (reference: string, _options, create: Command) => {
      const options: CreateOptions & GlobalOptions = create.optsWithGlobals();
      await withHistory(options, terminal, (context) =>
        createBlock(parseBlockReference(reference), options, context),
      );
    });
}

function defineDelete(command: Command, terminal: Terminal): void {
  command
    .command("delete")
    .description("Deletes a block. Blocks that refer to it lose what they had of it.")
    .argument(...BLOCK)
    .option("--json", "print JSON")
    .addHelpText("after", "\nExamples:\n  sluice block delete secret/api-key")
    .action(async (text: string, _options, remove: Command) => {
      const options: JsonOption = remove.optsWithGlobals();
      await withHistory(options, terminal, async ({ api, printer }) => {
        const { slug, name } = parseBlockReference(text);
        await api.blockDocuments.delete((await api.blockDocuments.getByName(slug, name)).id);
        if (options.json) printer.json({ deleted: text });
        else printer.line(`Deleted ${text}.`);
      });
    });
}

function defineRegister(command: Command, terminal: Terminal): void {
  command
    .command("register")
    .description(
      "Makes block types known, so that blocks of them can be made elsewhere too, in the UI for one.",
    )
    .option("--package <name>", "the types of an installed plugin")
    .option("--file <path>", "the types that a module exports, in TypeScript or JavaScript")
    .option("--json", "print JSON")
    .addHelpText(
      "after",
      "\nExamples:\n  sluice block register --package @sluice/storage-s3\n  sluice block register --file blocks.ts",
    )
    .action(async (_options, register: Command) => {
      const options: RegisterOptions & GlobalOptions = register.optsWithGlobals();
      await withHistory(options, terminal, (context) => registerBlocks(options, context));
    });
}
