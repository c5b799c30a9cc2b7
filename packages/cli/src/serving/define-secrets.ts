/** `sluice server secrets …`: the keys that secrets of blocks are sealed with. */
import { encryptionOf } from "@sluice/core";
import { rotateSecrets, type SecretsOptions, secretsStatus } from "@sluice/server";
import type { Command } from "commander";
import { EXIT_FAILURE } from "../exit-codes.ts";
import type { GlobalOptions } from "../global-options.ts";
import { Printer } from "../output/printer.ts";
import type { Terminal } from "../output/terminal.ts";
import { addDatabaseOptions, type DatabaseFlags } from "./database-flags.ts";
import { databaseOf, serverSettings } from "./server-settings.ts";

interface SecretsFlags extends GlobalOptions, DatabaseFlags {
  readonly json?: true;
  readonly newKey?: true;
}

/** Defines the sub-commands; they work on the database, beside the servers on it. */
export function defineSecrets(command: Command, terminal: Terminal): void {
  command
    .description(
      "What blocks hold is sealed in the database, with a key from SLUICE_ENCRYPTION_KEY, SLUICE_ENCRYPTION_KEY_FILE, or the file encryption.key in SLUICE_HOME, which is made when there is none. Keep it apart from backups of the database: without it they cannot be opened.",
    )
    .addHelpText(
      "after",
      "\nExamples:\n  sluice server secrets status\n  sluice server secrets rotate --new-key\n" +
        '  SLUICE_ENCRYPTION_KEY="$NEW,$OLD" sluice server secrets rotate',
    );

  withOptions(command.command("status"))
    .description("Lists keys by id, with how many blocks each seals. Never shows a key.")
    .action((_options, status: Command) => showStatus(status.optsWithGlobals(), terminal));

  withOptions(command.command("rotate"))
    .description(
      "Seals every block with the first key. Servers go on meanwhile. What is interrupted goes on when it is run again. Exits with 1 when a block could not be opened; that one stays as it is.",
    )
    .option("--new-key", "first put a new key before the others in the key file")
    .action((_options, rotate: Command) => runRotation(rotate.optsWithGlobals(), terminal));
}

function withOptions(command: Command): Command {
  return addDatabaseOptions(command).option("--json", "print JSON");
}

async function showStatus(flags: SecretsFlags, terminal: Terminal): Promise<void> {
  const printer = new Printer(terminal);
  const keys = await secretsStatus(optionsOf(flags, terminal));
  if (flags.json) {
    printer.json(
      keys.map(({ keyId, blocks, isKnown, isSealing }) => ({ key: keyId, blocks, isKnown, isSealing })),
    );
    return;
  }
  printer.table({
    columns: ["KEY", "BLOCKS", "STATE"],
    rows: keys.map(({ keyId, blocks, isKnown, isSealing }) => [
      keyId,
      String(blocks),
      isSealing ? "seals" : isKnown ? "opens" : "missing",
    ]),
  });
}

async function runRotation(flags: SecretsFlags, terminal: Terminal): Promise<void> {
  const printer = new Printer(terminal);
  const { keyId, sealed, left, failures } = await rotateSecrets({
    ...optionsOf(flags, terminal),
    hasNewKey: flags.newKey,
    onProgress: (report) => printer.hint(`${report.sealed} sealed, ${report.left} left`),
  });
  for (const { message } of failures) printer.warn(message);
  if (flags.json) printer.json({ key: keyId, sealed, left });
  else printer.line(`Sealed ${sealed} blocks with key ${keyId}. ${left} are left with another.`);
  if (left > 0) terminal.exitCode = EXIT_FAILURE;
}

function optionsOf(flags: SecretsFlags, terminal: Terminal): SecretsOptions {
  const settings = serverSettings(flags, terminal);
  return { ...databaseOf(settings), encryption: encryptionOf(settings) };
}
