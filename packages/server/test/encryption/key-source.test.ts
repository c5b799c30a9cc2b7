import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { keySource } from "../../src/encryption/key-source.ts";
import { temporaryDatabasePath } from "../temporary-database.ts";

const run = promisify(execFile);

async function temporaryPath(name = "encryption.key"): Promise<string> {
  return join(dirname(await temporaryDatabasePath()), name);
}

function ids(keys: readonly { readonly id: string }[]): string[] {
  return keys.map(({ id }) => id);
}

describe("a key that is made", () => {
  it("is made when something is sealed, for its owner only, and found again", async () => {
    const path = await temporaryPath("new/encryption.key");
    const source = keySource({ generatedKeyFile: path });
    expect(source.forOpening()).toEqual([]);
    await expect(stat(path)).rejects.toMatchObject({ code: "ENOENT" });
    const made = ids(source.forSealing());
    expect(made).toHaveLength(1);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await stat(dirname(path))).mode & 0o777).toBe(0o700);
    expect(await readdir(dirname(path))).toEqual(["encryption.key"]);
    expect(ids(keySource({ generatedKeyFile: path }).forOpening())).toEqual(made);
  });

  it("is the same for processes that make it at once", async () => {
    const path = await temporaryPath();
    const module = new URL("../../src/encryption/key-source.ts", import.meta.url).href;
    const code = `const { keySource } = await import(${JSON.stringify(module)});
      console.log(keySource({ generatedKeyFile: ${JSON.stringify(path)} }).forSealing()[0].id);`;
    const args = ["--conditions=@sluice/source", "--import", "tsx", "--input-type=module", "-e", code];
    const outputs = await Promise.all(
      Array.from({ length: 4 }, async () => (await run(process.execPath, args)).stdout.trim()),
    );
    expect(new Set(outputs).size).toBe(1);
    expect(outputs[0]).toMatch(/^[0-9a-f]{12}$/u);
    expect(await readdir(dirname(path))).toEqual(["encryption.key"]);
  }, 30_000);
});

describe("keys in a file", () => {
  it("must be there", async () => {
    const path = await temporaryPath();
    const source = keySource({ keyFile: path });
    expect(source.forOpening()).toEqual([]);
    expect(() => source.forSealing()).toThrow(`There is no key file ${path}`);
  });

  it("are read anew when the file changes, and a new one goes before the others", async () => {
    const path = await temporaryPath();
    await writeFile(path, `old:${randomBytes(32).toString("base64")}`);
    const source = keySource({ keyFile: path });
    expect(ids(source.forSealing())).toEqual(["old"]);
    keySource({ keyFile: path }).addKey();
    expect(ids(source.forSealing())).toEqual([expect.stringMatching(/^[0-9a-f]{12}$/u), "old"]);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await readFile(path, "utf8")).split("\n")).toHaveLength(3);
    await writeFile(path, "nothing of the kind");
    expect(() => source.forOpening()).toThrow(`Key 1 in ${path}`);
  });

  it("say when they cannot be read", async () => {
    const path = await temporaryPath();
    const source = keySource({ keyFile: dirname(path) });
    expect(() => source.forSealing()).toThrow(
      expect.objectContaining({ code: "ENCRYPTION_KEY", message: expect.stringContaining("EISDIR") }),
    );
  });
});

it("keys in a variable come before files, and are not added to", () => {
  const source = keySource({ keys: `k:${randomBytes(32).toString("base64")}`, keyFile: "/nowhere" });
  expect([ids(source.forSealing()), source.place]).toEqual([["k"], "SLUICE_ENCRYPTION_KEY"]);
  expect(() => source.addKey()).toThrow("Put a new one before the others there");
});
