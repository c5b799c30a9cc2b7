/** The step that says where the code is. */
import { stat } from "node:fs/promises";
import { resolve } from "node:path";
import { InvalidOptionError } from "../tasks/invalid-option-error.ts";
import type { Step } from "./step.ts";

export const setWorkingDirectory: Step = {
  inputs: ["directory"],
  required: ["directory"],
  async run(inputs, context) {
    const directory = resolve(context.directory, inputs.text("directory"));
    const found = await stat(directory).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT" || error.code === "ENOTDIR") return undefined;
      throw error;
    });
    if (found?.isDirectory() !== true) {
      throw new InvalidOptionError(
        `The step set_working_directory: there is no directory ${directory} on this machine.`,
      );
    }
    return { directory };
  },
};
