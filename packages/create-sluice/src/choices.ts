/** From what was given to what is made: asks for the rest, or takes the defaults. */
import { basename, resolve } from "node:path";
import type { GivenArguments } from "./arguments.ts";
import { currentPackageManager, type PackageManager } from "./package-manager.ts";
import { nameOfDirectory, nameProblem } from "./project-name.ts";
import { KIND_NAMES, KINDS, type Kind, type Template } from "./templates.ts";
import type { Terminal } from "./terminal.ts";
import { UsageError } from "./usage-error.ts";

export interface Choices {
  readonly directory: string;
  readonly name: string;
  readonly template: Template;
  /** Of plugins. */
  readonly kind: Kind | undefined;
  readonly packageManager: PackageManager;
}

/** Somebody was asked and left. */
export class CancelledError extends Error {}

const DEFAULT_DIRECTORIES: Readonly<Record<Template, string>> = { flow: "my-flows", plugin: "sluice-plugin" };

/**
 * @throws {UsageError} when something is missing that nobody can be asked for, or the name cannot be one.
 */
export async function makeChoices(given: GivenArguments, terminal: Terminal): Promise<Choices> {
  const isInteractive = terminal.stdin.isTTY === true && terminal.stdout.isTTY === true && !given.isYes;
  const { directory, template, kind } = isInteractive ? await asked(given, terminal) : defaults(given);
  const name = given.name ?? nameOfDirectory(resolve(terminal.directory, directory));
  const problem = nameProblem(name);
  if (problem !== undefined) throw new UsageError(problem);
  return {
    directory,
    name,
    template,
    kind,
    packageManager: given.packageManager ?? currentPackageManager(terminal.env),
  };
}

type Asked = Pick<Choices, "directory" | "template" | "kind">;

function defaults(given: GivenArguments): Asked {
  const { template = "flow", kind } = given;
  if (given.directory === undefined && !given.isYes) {
    throw new UsageError(
      "Say where: npm create sluice@latest my-flows. Or add --yes, which takes the defaults.",
    );
  }
  if (template === "plugin" && kind === undefined) {
    throw new UsageError(`Say what the plugin implements: --kind ${KIND_NAMES.join(", --kind ")}.`);
  }
  return { directory: given.directory ?? DEFAULT_DIRECTORIES[template], template, kind };
}

/** The library of prompts is loaded only where somebody can answer. */
async function asked(given: GivenArguments, terminal: Terminal): Promise<Asked> {
  const { cancel, select, text } = await import("@clack/prompts");
  const answer = <T extends string>(value: T | symbol): T => {
    if (typeof value !== "symbol") return value;
    cancel("Nothing was made.");
    throw new CancelledError();
  };
  const template =
    given.template ??
    answer<Template>(
      await select<Template>({
        message: "What do you want to start?",
        options: [
          { value: "flow", label: "Flows", hint: "a flow with retries, and its test" },
          {
            value: "plugin",
            label: "A plugin",
            hint: "a package with a block, and the suites that it has to pass",
          },
        ],
      }),
    );
  const asksKind = template === "plugin" && given.kind === undefined;
  const kind = asksKind
    ? answer<Kind>(
        await select<Kind>({
          message: "What does it implement?",
          options: KIND_NAMES.map((value) => ({ value, label: value, hint: KINDS[value] })),
        }),
      )
    : given.kind;
  const initialValue = DEFAULT_DIRECTORIES[template];
  const validate = (value = ""): string | undefined => {
    if (value.trim() === "") return "Write a directory; it will be made.";
    return given.name === undefined
      ? nameProblem(basename(resolve(terminal.directory, value.trim())))
      : undefined;
  };
  const directory =
    given.directory ?? answer(await text({ message: "In which directory?", initialValue, validate }));
  return { directory: directory.trim(), template, kind };
}
