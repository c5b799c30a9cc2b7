/** What was asked for on the command line. */
import { parseArgs } from "node:util";
import { isPackageManager, PACKAGE_MANAGERS, type PackageManager } from "./package-manager.ts";
import { isKind, isTemplate, KIND_NAMES, KINDS, type Kind, TEMPLATES, type Template } from "./templates.ts";
import { UsageError } from "./usage-error.ts";

export interface GivenArguments {
  readonly directory: string | undefined;
  readonly name: string | undefined;
  readonly template: Template | undefined;
  readonly kind: Kind | undefined;
  readonly packageManager: PackageManager | undefined;
  readonly isYes: boolean;
  readonly installs: boolean;
  readonly asksHelp: boolean;
  readonly asksVersion: boolean;
}

const OPTIONS = {
  template: { type: "string", short: "t" },
  kind: { type: "string", short: "k" },
  name: { type: "string" },
  "package-manager": { type: "string" },
  "no-install": { type: "boolean" },
  yes: { type: "boolean", short: "y" },
  help: { type: "boolean", short: "h" },
  version: { type: "boolean", short: "V" },
} as const;

/** @throws {UsageError} when an option does not exist or has a value that it cannot have. */
export function parseArguments(args: readonly string[]): GivenArguments {
  const { values, positionals } = parsed(args);
  const [directory, ...others] = positionals;
  if (others.length > 0) {
    throw new UsageError(
      `One directory is enough; there are ${positionals.join(", ")}. Quote a name with spaces.`,
    );
  }
  const kind = oneOf("--kind", values.kind, { isOne: isKind, choices: KIND_NAMES });
  const template = oneOf("--template", values.template, { isOne: isTemplate, choices: TEMPLATES });
  if (kind !== undefined && template === "flow") {
    throw new UsageError("--kind says what a plugin implements: give it with --template plugin.");
  }
  return {
    directory,
    name: values.name,
    template: template ?? (kind === undefined ? undefined : "plugin"),
    kind,
    packageManager: oneOf("--package-manager", values["package-manager"], {
      isOne: isPackageManager,
      choices: PACKAGE_MANAGERS,
    }),
    isYes: values.yes ?? false,
    installs: !(values["no-install"] ?? false),
    asksHelp: values.help ?? false,
    asksVersion: values.version ?? false,
  };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    const [words = ""] = error instanceof Error ? error.message.split(". ") : [];
    const options = Object.keys(OPTIONS).map((name) => `--${name}`);
    throw new UsageError(`${words}. The options are ${options.join(", ")}.`);
  }
}

function oneOf<T extends string>(
  option: string,
  text: string | undefined,
  { isOne, choices }: { readonly isOne: (text: string) => text is T; readonly choices: readonly T[] },
): T | undefined {
  if (text === undefined || isOne(text)) return text;
  throw new UsageError(`${option} cannot be "${text}". It is ${choices.join(", ")}.`);
}

const kindLines = KIND_NAMES.map((kind) => `                              ${kind.padEnd(12)} ${KINDS[kind]}`);

export const HELP: string = `Starts a project of flows, or a plugin, for Sluice.

Usage: npm create sluice@latest [directory] [-- options]

What is not given is asked for in a terminal. With --yes it is the default, and so it is where nobody can be asked, but for
the directory.

Options:
  -t, --template <template>   flow (default): a flow with retries, and its test
                              plugin: a package with a block, and the suites that it has to pass
  -k, --kind <kind>           what the plugin implements:
${kindLines.join("\n")}
      --name <name>           name of the package (default: that of the directory)
      --package-manager <pm>  npm, pnpm, yarn or bun (default: the one that runs this)
      --no-install            write the files only
  -y, --yes                   ask nothing
  -V, --version               print the version and exit
  -h, --help                  show help

Examples:
  npm create sluice@latest my-flows
  npm create sluice@latest sluice-weather -- --template plugin --kind notifier
  npm create sluice@latest . -- --yes --no-install
`;
