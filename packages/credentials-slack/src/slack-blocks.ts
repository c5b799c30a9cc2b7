/** How large blocks of Block Kit may be: Slack says only that they are invalid, and not which. */
import type { Block, KnownBlock } from "@slack/web-api";

/** A block of Block Kit; those that Slack's types do not know yet have any members. */
export type SlackBlock = KnownBlock | Block;

const MAX_BLOCKS = 50;

/** Paths into a block, with dots; `[]` is each element of a list. Lists are limited in elements, texts in characters. */
const LIMITS: Readonly<Record<string, Readonly<Record<string, number>>>> = {
  actions: { elements: 25 },
  context: { elements: 10 },
  header: { "text.text": 150 },
  image: { image_url: 3000, alt_text: 2000, "title.text": 2000 },
  input: { "label.text": 2000, "hint.text": 2000 },
  markdown: { text: 12_000 },
  section: { "text.text": 3000, fields: 10, "fields[].text": 2000 },
  video: { alt_text: 2000, author_name: 50, "description.text": 200, "title.text": 200 },
};

const LIMITS_OF_ALL: Readonly<Record<string, number>> = { block_id: 255 };

const LIMITS_OF_ELEMENTS: Readonly<Record<string, number>> = {
  "elements[].text.text": 75,
  "elements[].value": 2000,
  "elements[].url": 3000,
  "elements[].action_id": 255,
  "accessory.text.text": 75,
  "accessory.value": 2000,
  "accessory.url": 3000,
  "accessory.action_id": 255,
};

/** Which part of the blocks is larger than Slack takes, and by how much; `undefined` when all is well. */
export function blocksProblem(blocks: readonly SlackBlock[]): string | undefined {
  if (blocks.length > MAX_BLOCKS) return `it has ${blocks.length} blocks, of at most ${MAX_BLOCKS}`;
  for (const [index, block] of blocks.entries()) {
    const limits = { ...LIMITS_OF_ALL, ...LIMITS_OF_ELEMENTS, ...LIMITS[block.type] };
    for (const [path, limit] of Object.entries(limits)) {
      const size = Math.max(0, ...sizesAt(block, path.replaceAll("[]", ".[]").split(".")));
      if (size > limit) {
        const unit = Array.isArray(valueAt(block, path)) ? "elements" : "characters";
        return `blocks[${index}].${path} of the ${block.type} block has ${size} ${unit}, of at most ${limit}`;
      }
    }
  }
  return undefined;
}

function sizesAt(value: unknown, [step, ...others]: readonly string[]): readonly number[] {
  if (step === undefined) return typeof value === "string" || Array.isArray(value) ? [value.length] : [];
  if (typeof value !== "object" || value === null) return [];
  if (step === "[]") return Array.isArray(value) ? value.flatMap((each) => sizesAt(each, others)) : [];
  return sizesAt((value as Readonly<Record<string, unknown>>)[step], others);
}

function valueAt(block: SlackBlock, name: string): unknown {
  return (block as unknown as Readonly<Record<string, unknown>>)[name];
}
