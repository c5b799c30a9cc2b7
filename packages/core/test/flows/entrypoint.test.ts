import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it, onTestFinished } from "vitest";
import { loadFlow, parseEntrypoint } from "../../src/flows/entrypoint.ts";
import { runFlow } from "../../src/flows/run-flow-call.ts";
import { inEngine } from "../engine-fixture.ts";

const SOURCE = fileURLToPath(new URL("../../src/index.ts", import.meta.url));

/** A module in a directory of the test's own. */
async function module(text: string, name = "flows.ts"): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "sluice-entrypoint-"));
  onTestFinished(() => rm(directory, { recursive: true, force: true }));
  const path = join(directory, name);
  await writeFile(path, text.replace("@sluice/core", SOURCE));
  return path;
}

const TWO = `import { flow } from "@sluice/core";
export const first = flow({ name: "one" }, ({ n }) => n + 1);
export const second = flow({ name: "two" }, () => 2);
export const number = 5;`;

describe("an entrypoint", () => {
  it("is a path, and a name after the last colon", () => {
    expect(parseEntrypoint("flows/a.ts:report")).toEqual({ path: resolve("flows/a.ts"), name: "report" });
    expect(parseEntrypoint("/x/a.ts")).toEqual({ path: "/x/a.ts", name: undefined });
    expect(parseEntrypoint("/x/a.ts:")).toEqual({ path: "/x/a.ts", name: undefined });
    expect(parseEntrypoint("/odd:dir/a.ts")).toEqual({ path: "/odd:dir/a.ts", name: undefined });
    expect(parseEntrypoint("/odd:dir/a.ts:x").name).toBe("x");
  });

  it("leads to a flow by the name of its export or by its own", async () => {
    const path = await module(TWO);
    for (const name of ["first", "one"]) {
      const { flow, entrypoint } = await loadFlow(`${path}:${name}`);
      expect([flow.name, entrypoint]).toEqual(["one", `${path}:first`]);
    }
    await inEngine(async () => {
      const { flow } = await loadFlow(`${path}:first`);
      expect(await (await runFlow(flow, { parameters: { n: 1 } })).result()).toBe(2);
    });
  });

  it("needs no name where there is one flow only", async () => {
    const path = await module(
      `import { flow } from "@sluice/core"; export const only = flow({ name: "o" }, () => 1);`,
    );
    expect((await loadFlow(path)).entrypoint).toBe(`${path}:only`);
  });

  it("that leads nowhere says what is there", async () => {
    const path = await module(TWO);
    await expect(loadFlow("missing.ts:x")).rejects.toThrow(
      /There is no file .*missing\.ts\. An entrypoint is/,
    );
    await expect(loadFlow(path)).rejects.toThrow(
      `${path} exports several flows: first, second. Say which: ${path}:first.`,
    );
    await expect(loadFlow(`${path}:fist`)).rejects.toThrow(
      `${path} exports no flow "fist". Did you mean first?`,
    );
    await expect(loadFlow(`${path}:zzzzzz`)).rejects.toThrow("It exports first, second.");
    await expect(loadFlow(`${path}:number`)).rejects.toThrow(expect.objectContaining({ code: "ENTRYPOINT" }));
  });

  it("to a module without flows, or one that throws, says so", async () => {
    const empty = await module("export const x = 1;", "empty.mjs");
    await expect(loadFlow(empty)).rejects.toThrow(`${empty} exports no flow. Export what flow() gives`);
    const broken = await module("throw new Error('at load');", "broken.mjs");
    const error = await loadFlow(broken).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ code: "ENTRYPOINT", message: `${broken} could not be loaded: at load.` });
    expect((error as Error).cause).toMatchObject({ message: "at load" });
  });
});
