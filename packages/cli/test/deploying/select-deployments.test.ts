import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { type SelectedDeployment, selectDeployments } from "../../src/deploying/select-deployments.ts";
import type { OutputStream, Terminal } from "../../src/output/terminal.ts";

const entrypoint = "src/report.ts:report";
const file = {
  path: "/p/sluice.yaml",
  directory: "/p",
  deployments: ["nightly", "hourly"].map((name) => ({ name, entrypoint })),
};

/** A terminal where somebody types the answer. */
function answering(answer: string): Terminal & { said(): string } {
  let said = "";
  const stream: OutputStream = {
    isTTY: true,
    write(text) {
      said += text;
      return true;
    },
  };
  const stdin = Object.assign(new PassThrough(), { isTTY: true });
  stdin.write(`${answer}\n`);
  return { stdin, stdout: stream, stderr: stream, env: {}, said: () => said };
}

const namesOf = (selected: readonly SelectedDeployment[]): string[] => selected.map(({ name }) => name);

describe("selecting deployments", () => {
  it("asks which of several, at a terminal", async () => {
    const terminal = answering("hour*");
    const selected = await selectDeployments({
      file,
      entrypoint: undefined,
      options: { prompt: true },
      terminal,
    });
    expect(namesOf(selected)).toEqual(["hourly"]);
    expect(terminal.said()).toContain("Which deployments (nightly, hourly, or * for all) [*]: ");
    const all = { file, entrypoint: undefined, options: { prompt: true }, terminal: answering("") };
    expect(namesOf(await selectDeployments(all))).toEqual(["nightly", "hourly"]);
  });

  it("asks for the name of a new one, unless it is to ask nothing", async () => {
    const selection = { file: undefined, entrypoint, terminal: answering("mine") };
    expect(await selectDeployments({ ...selection, options: { prompt: true } })).toEqual([
      { name: "mine", entrypoint },
    ]);
    await expect(selectDeployments({ ...selection, options: { prompt: false } })).rejects.toThrow(
      "A deployment needs a name: sluice deploy src/report.ts:report -n nightly.",
    );
  });

  it("takes patterns as they are written, and no more", async () => {
    const selection = { file, entrypoint: undefined, terminal: answering("") };
    const options = { prompt: false, name: ["*ly"] };
    expect(namesOf(await selectDeployments({ ...selection, options }))).toEqual(["nightly", "hourly"]);
    const dotted = { prompt: false, name: ["night.y"] };
    await expect(selectDeployments({ ...selection, options: dotted })).rejects.toThrow(
      'has no deployment "night.y". Did you mean nightly?',
    );
  });
});
