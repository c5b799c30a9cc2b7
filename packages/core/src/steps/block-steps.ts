/** The steps that keep code in a storage: any file system that is a block. */
import { resolve } from "node:path";
import { getDirectory, listDirectory, putDirectory } from "../filesystems/directory-transfer.ts";
import type { FileSystem } from "../filesystems/file-system.ts";
import { InvalidOptionError } from "../tasks/invalid-option-error.ts";
import { keptDirectory } from "./kept-directory.ts";
import type { Step, StepContext, StepInputs } from "./step.ts";

/** Downloads what is below a path; what has been downloaded and did not change is taken from here. */
export const pullWithBlock: Step = {
  inputs: ["block", "block_type_slug", "block_document_name", "path"],
  required: [],
  async run(inputs, context) {
    const { signal } = context;
    const { reference, fileSystem } = await findStorage("pull_with_block", inputs, context);
    const from = { fileSystem, path: inputs.findText("path") ?? "" };
    const contents: string[] = [];
    for await (const file of listDirectory(from, { signal })) contents.push(JSON.stringify(file));
    if (contents.length === 0) {
      throw new InvalidOptionError(
        `The step pull_with_block: there is nothing below "${from.path}" in the block ${reference}.`,
      );
    }
    const key = JSON.stringify([reference, from.path, contents.toSorted()]);
    const directory = await keptDirectory(context.codeDirectory, key, async (empty) => {
      context.logger.info("Code is downloaded", { block: reference, files: contents.length });
      await getDirectory(from, empty, { signal });
    });
    return { directory };
  },
};

const IGNORED = ["node_modules/", ".git/"];

/** Uploads a directory below a path, without what its `.sluiceignore` has, `node_modules` and `.git`. */
export const pushWithBlock: Step = {
  inputs: ["block", "block_type_slug", "block_document_name", "path", "directory"],
  required: [],
  async run(inputs, context) {
    const { signal } = context;
    const { reference, fileSystem } = await findStorage("push_with_block", inputs, context);
    const path = inputs.findText("path") ?? "";
    const directory = resolve(context.directory, inputs.findText("directory") ?? ".");
    const ignoring = { ignore: IGNORED, ignoreFile: ".sluiceignore" };
    const files = await putDirectory(directory, { fileSystem, path }, { ...ignoring, signal });
    context.logger.info("Code was uploaded", { block: reference, files: files.length });
    return { block: reference, path, files: files.length };
  },
};

async function findStorage(
  step: string,
  inputs: StepInputs,
  { api, signal }: StepContext,
): Promise<{ readonly reference: string; readonly fileSystem: FileSystem }> {
  const slug = inputs.findText("block_type_slug");
  const name = inputs.findText("block_document_name");
  const reference = inputs.findText("block") ?? (slug && name && `${slug}/${name}`);
  if (!reference) {
    throw new InvalidOptionError(
      `The step ${step} needs the input "block": the storage, such as s3-bucket/code.`,
    );
  }
  // Blocks need zod, which steps without one do not load.
  const { findFileSystem } = await import("../blocks/block-file-system.ts");
  return { reference, fileSystem: await findFileSystem(reference, { api, signal }) };
}
