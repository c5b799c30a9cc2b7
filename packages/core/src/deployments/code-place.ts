/** Where the code of a deployment is, in a form that holds on the machine that runs it. */
import { existsSync } from "node:fs";
import { dirname, isAbsolute, join, relative, resolve, sep } from "node:path";
import type { FlowDefinition } from "../flows/flow-definition.ts";
import { InvalidOptionError } from "../tasks/invalid-option-error.ts";
import type { DeploymentOptions } from "./deployment-options.ts";

export interface CodePlace {
  /** A directory, or `null` where pull steps say it. */
  readonly path: string | null;
  /** `src/report.ts:report`, below that directory. */
  readonly entrypoint: string;
}

/**
 * As the options say, and otherwise where the flow was defined: below the directory of the nearest `package.json`, whose
 * dependencies it has.
 *
 * @throws {InvalidOptionError} when it is not known where the flow is.
 */
export function codePlace(definition: FlowDefinition, options: DeploymentOptions): CodePlace {
  const isPulled = options.pullSteps !== undefined && options.pullSteps.length > 0;
  const pulledPath = options.path ?? null;
  if (options.entrypoint !== undefined) {
    const path = isPulled ? pulledPath : resolve(options.path ?? ".");
    return { path, entrypoint: options.entrypoint };
  }
  const file = definition.site()?.path;
  if (file === undefined) {
    throw new InvalidOptionError(
      `It is not known in which file flow "${definition.name}" was defined. Deploy it with the option entrypoint: "src/report.ts:report".`,
    );
  }
  const root = options.path === undefined || isPulled ? projectDirectory(file) : resolve(options.path);
  const below = relative(root, file);
  if (below.startsWith("..") || isAbsolute(below)) {
    throw new InvalidOptionError(
      `The flow "${definition.name}" is defined in ${file}, which is not below ${root}. Give another path, or none.`,
    );
  }
  const entrypoint = `${below.split(sep).join("/")}:${definition.name}`;
  return { path: isPulled ? pulledPath : root, entrypoint };
}

/** The nearest directory above a file with a `package.json`; its own if there is none. */
function projectDirectory(file: string): string {
  for (let directory = dirname(file); ; directory = dirname(directory)) {
    if (existsSync(join(directory, "package.json"))) return directory;
    if (dirname(directory) === directory) return dirname(file);
  }
}
