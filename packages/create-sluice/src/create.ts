/** From arguments to a project. */
import { relative, resolve } from "node:path";
import { HELP, parseArguments } from "./arguments.ts";
import { CancelledError, type Choices, makeChoices } from "./choices.ts";
import { install } from "./package-manager.ts";
import { packageVersion } from "./package-version.ts";
import { checkDirectory, scaffold } from "./scaffold.ts";
import type { Terminal } from "./terminal.ts";
import { UsageError } from "./usage-error.ts";

/**
 * Makes what is asked for. Never throws: what goes wrong is said on standard error.
 *
 * @returns the exit code: 0 made, 1 failed, 2 asked for in a way that is not understood.
 */
export async function create(args: readonly string[], terminal: Terminal): Promise<number> {
  try {
    await run(args, terminal);
    return 0;
  } catch (error) {
    if (error instanceof CancelledError) return 1;
    terminal.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    if (!(error instanceof UsageError)) return 1;
    terminal.stderr.write("Add --help to see what is possible.\n");
    return 2;
  }
}

async function run(args: readonly string[], terminal: Terminal): Promise<void> {
  const given = parseArguments(args);
  if (given.asksHelp || given.asksVersion) {
    terminal.stdout.write(given.asksHelp ? HELP : `${packageVersion()}\n`);
    return;
  }
  const choices = await makeChoices(given, terminal);
  const directory = resolve(terminal.directory, choices.directory);
  await checkDirectory(directory);
  const files = await scaffold({ ...choices, directory });
  const place = relative(terminal.directory, directory) || ".";
  terminal.stdout.write(`${choices.name} is in ${place}:\n${files.map((file) => `  ${file}\n`).join("")}`);
  if (given.installs) await installed(choices, directory);
  terminal.stdout.write(nextSteps(choices, { place, installs: given.installs }));
}

async function installed({ packageManager }: Choices, directory: string): Promise<void> {
  try {
    await install(packageManager, directory);
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    throw new Error(
      `${words} The files are written; run "${packageManager} install" in ${directory} when that is mended.`,
      { cause: error },
    );
  }
}

function nextSteps(
  { template, packageManager }: Choices,
  { place, installs }: { readonly place: string; readonly installs: boolean },
): string {
  const isShort = packageManager === "npm";
  const steps = [
    ...(place === "." ? [] : [`cd ${place.includes(" ") ? `"${place}"` : place}`]),
    ...(installs ? [] : [`${packageManager} install`]),
    ...(template === "flow" ? [isShort ? "npm start" : `${packageManager} run start`] : []),
    isShort ? "npm test" : `${packageManager} run test`,
    `${packageManager} run check`,
  ];
  return `\nNext:\n${steps.map((step) => `  ${step}\n`).join("")}README.md says more.\n`;
}
