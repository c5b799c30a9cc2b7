/** Lists blocks: those of the environment, then those that are saved. */
import { environmentBlocks } from "@sluice/core/blocks";
import type { BlockDocument } from "@sluice/protocol";
import { listUpTo } from "../history/pages.ts";
import type { HistoryContext } from "../history/with-history.ts";
import { timeText } from "../output/time-text.ts";

export interface BlockListOptions {
  readonly limit: number;
  /** Slug of a block type. */
  readonly type?: string;
  readonly json?: true;
}

/** A block as it is listed; `variable` or `id` and `updated` are there. */
interface ListedBlock {
  readonly block: string;
  readonly type: string;
  readonly source: "environment" | "saved";
  readonly variable?: string;
  readonly id?: string;
  readonly updated?: string;
}

/** Writes them as a table or JSON, with where each comes from. */
export async function listBlocks(
  { limit, type, json }: BlockListOptions,
  { api, printer, terminal }: HistoryContext,
): Promise<void> {
  const declared = environmentBlocks(terminal.env).filter(({ slug }) => type === undefined || slug === type);
  const block_types = type === undefined ? {} : { block_types: { slug: { any_: [type] } } };
  const documents = await listUpTo(limit, (range) =>
    api.blockDocuments.filter({ ...block_types, sort: "BLOCK_TYPE_AND_NAME_ASC", ...range }),
  );
  const blocks: readonly ListedBlock[] = [
    ...declared.map(({ slug, name, variable }) => ({
      block: `${slug}/${name}`,
      type: slug,
      source: "environment" as const,
      variable,
    })),
    ...documents.map(savedBlock),
  ];
  if (json) {
    printer.json(blocks);
    return;
  }
  const format = { now: new Date(), isTerminal: terminal.stdout.isTTY === true };
  printer.table({
    columns: ["BLOCK", "SOURCE", "CHANGED", "ID"],
    rows: blocks.map(({ block, variable, updated, id }) => [
      block,
      variable ?? "saved",
      updated === undefined ? "" : timeText(updated, format),
      id ?? "",
    ]),
  });
  if (blocks.length === 0) {
    printer.hint(`There are no blocks in ${api.location} yet. sluice block create makes one.`);
  }
}

function savedBlock(document: BlockDocument): ListedBlock {
  const slug = document.block_type?.slug ?? "";
  return {
    block: `${slug}/${document.name ?? ""}`,
    type: slug,
    source: "saved",
    id: document.id,
    updated: document.updated,
  };
}
