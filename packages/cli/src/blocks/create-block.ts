/** Makes a block and saves it. */
import { type BlockReference, blockFromData, findBlockClass } from "@sluice/core/blocks";
import type { HistoryContext } from "../history/with-history.ts";
import { askFields } from "./ask-fields.ts";
import { type FieldOptions, givenFields } from "./field-options.ts";

export interface CreateOptions extends FieldOptions {
  readonly overwrite?: true;
  readonly json?: true;
}

/** What was saved is told without its secrets. */
export async function createBlock(
  { slug, name }: BlockReference,
  options: CreateOptions,
  { api, printer, terminal }: HistoryContext,
): Promise<void> {
  const type = await findBlockClass(slug);
  const given = await givenFields(type, options, terminal.stdin);
  const fields = { ...given, ...(await askFields(type, given, terminal)) };
  const block = await blockFromData(slug, fields, { api });
  await block.save(name, { overwrite: options.overwrite, api });
  if (options.json) printer.json({ block: `${slug}/${name}`, id: block.blockDocumentId });
  else printer.line(`Saved ${slug}/${name}.`);
  printer.hint(`Load it with: await Block.load("${slug}/${name}")`);
}
