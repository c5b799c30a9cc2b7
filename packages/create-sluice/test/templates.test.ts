/** The tests of every template, as they are in a new project. */
import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";

const TEMPLATES = new URL("../templates/", import.meta.url);

for (const template of readdirSync(TEMPLATES)) {
  const files = readdirSync(new URL(`${template}/`, TEMPLATES));
  if (!files.includes("test")) continue;
  const tests = readdirSync(new URL(`${template}/test/`, TEMPLATES)).filter((name) =>
    name.endsWith(".test.ts"),
  );
  describe(template, async () => {
    it("has tests", () => expect(tests).not.toEqual([]));
    for (const name of tests) await import(new URL(`${template}/test/${name}`, TEMPLATES).href);
  });
}
