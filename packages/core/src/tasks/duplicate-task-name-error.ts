import { SluiceError } from "@sluice/protocol";
import type { DefinitionSite } from "./definition-site.ts";

/** Two different tasks of one flow run have the same name, so their runs and cached results could not be told apart. */
export class DuplicateTaskNameError extends SluiceError {
  constructor(name: string, first: DefinitionSite | undefined, second: DefinitionSite | undefined) {
    super(
      "DUPLICATE_TASK_NAME",
      `Two different tasks are named "${name}": one defined at ${shown(first)}, another at ${shown(second)}. Give one of them another name.`,
      { details: { name } },
    );
  }
}

function shown(site: DefinitionSite | undefined): string {
  return site === undefined ? "an unknown place" : `${site.path}:${site.line}`;
}
