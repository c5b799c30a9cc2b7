import { describe, expect, it } from "vitest";
import { blocksProblem, type SlackBlock } from "../src/index.ts";

const plain = (length: number) => ({ type: "plain_text" as const, text: "x".repeat(length) });
const button = (label: number) => ({ type: "button" as const, text: plain(label), action_id: "go" });

describe("blocks of Block Kit", () => {
  it.each<[string, SlackBlock]>([
    [
      "a section",
      { type: "section", text: plain(3000), fields: Array.from({ length: 10 }, () => plain(2000)) },
    ],
    ["a header", { type: "header", text: plain(150) }],
    ["actions", { type: "actions", elements: Array.from({ length: 25 }, () => button(75)) }],
    ["a block that is not known", { type: "hologram" }],
  ])("may be as large as Slack takes them: %s", (_, block) => {
    expect(blocksProblem(Array.from({ length: 50 }, () => block))).toBeUndefined();
  });

  it.each<[SlackBlock, string]>([
    [
      { type: "section", text: plain(3001) },
      "text.text of the section block has 3001 characters, of at most 3000",
    ],
    [
      { type: "section", fields: [plain(1), plain(2001)] },
      "fields[].text of the section block has 2001 characters, of at most 2000",
    ],
    [
      { type: "section", fields: Array.from({ length: 11 }, () => plain(1)) },
      "fields of the section block has 11 elements, of at most 10",
    ],
    [
      { type: "section", text: plain(1), accessory: button(76) },
      "accessory.text.text of the section block has 76",
    ],
    [
      { type: "header", text: plain(151) },
      "text.text of the header block has 151 characters, of at most 150",
    ],
    [
      { type: "actions", elements: [button(76)] },
      "elements[].text.text of the actions block has 76 characters",
    ],
    [{ type: "divider", block_id: "x".repeat(256) }, "block_id of the divider block has 256 characters"],
  ])("that are larger are named: %#", (block, problem) => {
    expect(blocksProblem([{ type: "divider" }, block])).toContain(`blocks[1].${problem}`);
  });

  it("may be fifty", () => {
    const blocks = Array.from({ length: 51 }, (): SlackBlock => ({ type: "divider" }));
    expect(blocksProblem(blocks)).toBe("it has 51 blocks, of at most 50");
  });
});
