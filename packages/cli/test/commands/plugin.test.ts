import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { spawnSluice } from "../spawn-sluice.ts";
import { temporaryDirectory } from "../temporary-directory.ts";

/** Installs a package in a project. */
async function install(
  project: string,
  name: string,
  files: Readonly<Record<string, unknown>>,
): Promise<void> {
  const directory = join(project, "node_modules", name);
  await mkdir(directory, { recursive: true });
  for (const [path, content] of Object.entries(files)) {
    await writeFile(join(directory, path), typeof content === "string" ? content : JSON.stringify(content));
  }
}

describe("sluice plugin ls", () => {
  it("lists the plugins of the project with their block types, and says which are broken", async () => {
    const project = await temporaryDirectory();
    const dependencies = { "@acme/weather": "1", "@acme/broken": "1", "left-pad": "1", "not-installed": "1" };
    await writeFile(join(project, "package.json"), JSON.stringify({ dependencies }));
    // The one that the command itself uses.
    const core = new URL("../../../core/src/blocks/index.ts", import.meta.url).href;
    const zod = import.meta.resolve("zod");
    await install(project, "@acme/weather", {
      "package.json": {
        name: "@acme/weather",
        version: "1.2.3",
        type: "module",
        exports: { ".": "./index.js", "./blocks": "./blocks.js" },
        sluice: { blocks: "./blocks" },
      },
      "index.js": "throw new Error('not the module with the blocks');",
      "blocks.js": `
        import { Block } from ${JSON.stringify(core)};
        import { z } from ${JSON.stringify(zod)};
        export class Station extends Block.define({ slug: "acme-station", name: "Station", schema: z.object({}) }) {}
        export const other = 1;
      `,
    });
    await install(project, "@acme/broken", {
      "package.json": {
        name: "@acme/broken",
        version: "0.1.0",
        type: "module",
        exports: { ".": "./index.js" },
        sluice: { blocks: "." },
      },
      "index.js": "throw new Error('out of order');",
    });
    await install(project, "left-pad", { "package.json": { name: "left-pad", version: "1.0.0" } });
    const home = await temporaryDirectory();
    const { code, stdout, stderr } = await spawnSluice(["plugin", "ls"], { home, cwd: project }).ended;
    expect(stderr).toMatch(/^warning: The blocks of @acme\/broken could not be loaded: out of order\..*\n$/);
    expect([code, stdout]).toEqual([0, "@acme/broken\t0.1.0\t\n@acme/weather\t1.2.3\tacme-station\n"]);
    const registered = spawnSluice(["block", "register", "--package", "@acme/weather"], {
      home,
      cwd: project,
    });
    expect((await registered.ended).stdout).toBe("acme-station\tStation\n");
  }, 60_000);
});
