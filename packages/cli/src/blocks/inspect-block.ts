/** Shows one block, without its secrets. */
import {
  type BlockReference,
  blockFromData,
  environmentBlocks,
  environmentData,
  parseBlockReference,
} from "@sluice/core/blocks";
import type { BlockDocument, OrchestrationApi } from "@sluice/protocol";
import type { HistoryContext } from "../history/with-history.ts";
import { type Fact, factIf, writeFacts } from "../output/facts.ts";
import { jsonText } from "../output/json-text.ts";
import type { Terminal } from "../output/terminal.ts";
import { timeText } from "../output/time-text.ts";

/** What is shown of a block. */
interface ShownBlock {
  readonly block: string;
  readonly source: "environment" | "saved";
  readonly variable?: string;
  readonly id?: string;
  readonly updated?: string;
  readonly schema?: { readonly version: string; readonly checksum: string };
  /** Secrets are asterisks. */
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Writes facts or JSON; what the environment declares comes first, as when the block is loaded. */
export async function inspectBlock(
  text: string,
  json: boolean,
  { api, printer, terminal }: HistoryContext,
): Promise<void> {
  const reference = parseBlockReference(text);
  const block =
    (await declaredBlock(reference, api, terminal)) ??
    savedBlock(await api.blockDocuments.getByName(reference.slug, reference.name));
  if (json) printer.json(block);
  else writeBlock(block, terminal);
}

/** Only the class of a type tells which fields are secrets. */
async function declaredBlock(
  reference: BlockReference,
  api: OrchestrationApi,
  { env }: Terminal,
): Promise<ShownBlock | undefined> {
  const { slug, name } = reference;
  const data = environmentData(reference, env);
  if (data === undefined) return undefined;
  const { blockTypeSlug: _, ...fields } = (await blockFromData(slug, data, { api })).toJSON();
  const found = environmentBlocks(env).find((each) => each.slug === slug && each.name === name);
  return {
    block: `${slug}/${name}`,
    source: "environment",
    ...(found !== undefined && { variable: found.variable }),
    fields,
  };
}

function savedBlock(document: BlockDocument): ShownBlock {
  const { id, name, updated, data, block_schema: schema, block_type: type } = document;
  const { block_type_slug: _, ...fields } = data;
  return {
    block: `${type?.slug ?? ""}/${name ?? ""}`,
    source: "saved",
    id,
    updated,
    ...(schema !== null && { schema: { version: schema.version, checksum: schema.checksum } }),
    fields,
  };
}

function writeBlock(block: ShownBlock, terminal: Terminal): void {
  const format = { now: new Date(), isTerminal: terminal.stdout.isTTY === true };
  const { variable, id, updated, schema } = block;
  const facts: Fact[] = [
    ...factIf("variable", variable),
    ...factIf("id", id),
    ...factIf("changed", updated === undefined ? undefined : timeText(updated, format)),
    ...factIf("schema", schema && `${schema.version}, ${schema.checksum.slice(0, 19)}…`),
    ...Object.entries(block.fields).map(([name, value]): Fact => [name, shown(value)]),
  ];
  writeFacts({ state: block.source, color: "cyan", name: block.block, facts }, terminal.stdout, terminal);
}

function shown(value: unknown): string {
  return typeof value === "string" ? value : jsonText(value);
}
