/** The steps that there are, by the names that files and deployments call them. */
import { closestName } from "../settings/closest-name.ts";
import { InvalidOptionError } from "../tasks/invalid-option-error.ts";
import { pullWithBlock, pushWithBlock } from "./block-steps.ts";
import { buildDockerImage, pushDockerImage } from "./docker-steps.ts";
import { gitClone } from "./git-clone.ts";
import { npmInstall } from "./npm-install.ts";
import { runShellScript } from "./run-shell-script.ts";
import { setWorkingDirectory } from "./set-working-directory.ts";
import type { Step } from "./step.ts";

const STEPS: Readonly<Record<string, Step>> = {
  set_working_directory: setWorkingDirectory,
  git_clone: gitClone,
  run_shell_script: runShellScript,
  npm_install: npmInstall,
  pull_with_block: pullWithBlock,
  push_with_block: pushWithBlock,
  build_docker_image: buildDockerImage,
  push_docker_image: pushDockerImage,
};

/** Prefect's names of steps that mean the same. */
const PREFECT_PREFIX =
  /^(?:sluice\.steps|prefect\.deployments\.steps(?:\.(?:core|pull|utility))?|prefect_docker\.deployments\.steps)\./u;

/**
 * The step of a name: `git_clone`, `sluice.steps.git_clone` or `prefect.deployments.steps.git_clone`.
 *
 * @throws {InvalidOptionError} when there is none.
 */
export function findStep(name: string): Step {
  const short = name.replace(PREFECT_PREFIX, "");
  const step = Object.hasOwn(STEPS, short) ? STEPS[short] : undefined;
  if (step !== undefined) return step;
  const names = Object.keys(STEPS);
  const closest = closestName(short, names);
  const hint = closest === undefined ? `Steps are ${names.join(", ")}.` : `Did you mean ${closest}?`;
  throw new InvalidOptionError(`There is no step "${name}". ${hint}`);
}
