/** Which deployments a command line means. */
import { closestName } from "@sluice/core";
import { SluiceError } from "@sluice/protocol";
import type { Terminal } from "../output/terminal.ts";
import { askLine } from "./ask-line.ts";
import type { DeployOptions } from "./deploy-options.ts";
import type { ProjectFile, WrittenDeployment } from "./project-file.ts";

export type SelectedDeployment = Partial<WrittenDeployment> & Pick<WrittenDeployment, "name" | "entrypoint">;

export interface Selection {
  readonly file: ProjectFile | undefined;
  readonly entrypoint: string | undefined;
  readonly options: DeployOptions;
  readonly terminal: Terminal;
}

/**
 * Those of the file that are named, or a new one of an entrypoint. Who can be asked is asked for what is missing.
 *
 * @throws {SluiceError} code `INVALID_REQUEST` when it is not clear which, saying what to give.
 */
export async function selectDeployments(selection: Selection): Promise<readonly SelectedDeployment[]> {
  const { file, entrypoint, options } = selection;
  const written = file?.deployments ?? [];
  if (entrypoint !== undefined) return ofEntrypoint(entrypoint, written, selection);
  if (file === undefined) {
    throw refusal(
      "There is no sluice.yaml here. Name a flow, such as `sluice deploy src/report.ts:report -n nightly --pool main`, or start a file with `sluice init`.",
    );
  }
  if (written.length === 0) throw refusal(`${file.path} has no deployments. Add one, or name a flow.`);
  if (options.all) return written;
  if (options.name !== undefined) return options.name.flatMap((pattern) => matching(pattern, written, file));
  if (written.length === 1) return written;
  return chosen(written, file, selection);
}

async function ofEntrypoint(
  entrypoint: string,
  written: readonly WrittenDeployment[],
  selection: Selection,
): Promise<readonly SelectedDeployment[]> {
  const { name: names, all } = selection.options;
  const ofIt = written.filter((each) => each.entrypoint === entrypoint);
  if (all || (names === undefined && ofIt.length === 1)) return ofIt;
  const given = names ?? [await askName(entrypoint, selection)];
  return given.map((name) => ofIt.find((each) => each.name === name) ?? { name, entrypoint });
}

async function askName(entrypoint: string, { options, terminal }: Selection): Promise<string> {
  const name = options.prompt ? await askLine("Name of the deployment", "default", terminal) : undefined;
  if (name !== undefined) return name;
  throw refusal(`A deployment needs a name: sluice deploy ${entrypoint} -n nightly.`);
}

async function chosen(
  written: readonly WrittenDeployment[],
  file: ProjectFile,
  { options, terminal }: Selection,
): Promise<readonly WrittenDeployment[]> {
  const names = written.map(({ name }) => name);
  const answer = options.prompt
    ? await askLine(`Which deployments (${names.join(", ")}, or * for all)`, "*", terminal)
    : undefined;
  if (answer !== undefined) {
    return answer.split(/[\s,]+/u).flatMap((pattern) => matching(pattern, written, file));
  }
  throw refusal(
    `${file.path} has ${written.length} deployments: ${names.join(", ")}. Choose with -n <name>, which may have *, or --all.`,
  );
}

function matching(
  pattern: string,
  written: readonly WrittenDeployment[],
  file: ProjectFile,
): readonly WrittenDeployment[] {
  const form = new RegExp(`^${pattern.split("*").map(escapeText).join(".*")}$`, "u");
  const found = written.filter(({ name }) => form.test(name));
  if (found.length > 0) return found;
  const names = written.map(({ name }) => name);
  const closest = closestName(pattern, names);
  const hint = closest === undefined ? `It has ${names.join(", ")}.` : `Did you mean ${closest}?`;
  throw refusal(`${file.path} has no deployment "${pattern}". ${hint}`);
}

function escapeText(text: string): string {
  return text.replaceAll(/[.+?^${}()|[\]\\/]/gu, String.raw`\$&`);
}

function refusal(message: string): SluiceError {
  return new SluiceError("INVALID_REQUEST", message);
}
