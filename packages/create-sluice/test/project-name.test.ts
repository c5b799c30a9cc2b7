import { describe, expect, it } from "vitest";
import { nameProblem, pascalCase, subjectOf } from "../src/project-name.ts";

describe("the subject of a plugin", () => {
  it.each([
    ["weather", "weather"],
    ["@acme/sluice-notifier-weather", "weather"],
    ["weather-notifier", "weather"],
    ["sluice-task-runner-ox-cart", "ox-cart"],
    ["sluice-plugin", "plugin"],
    ["tasks", "tasks"],
    ["3d.printer", "my-3d-printer"],
  ])("of %s is %s", (name, subject) => {
    expect(subjectOf(name)).toBe(subject);
  });

  it("names classes", () => {
    expect(pascalCase("ox-cart-2")).toBe("OxCart2");
  });
});

describe("the name of a package", () => {
  it.each(["flows", "@acme/flows", "a.b_c~d", "x".repeat(214)])("may be %s", (name) => {
    expect(nameProblem(name)).toBeUndefined();
  });

  it.each([
    ["My Flows", "such as my-flows."],
    ["@acme", "such as acme."],
    [".hidden", "such as hidden."],
    ["_private", "such as private."],
    ["node_modules", "such as node-modules."],
    ["sluice", "such as my-sluice."],
    ["x".repeat(215), "cannot be the name of an npm package"],
    ["../..", "Use small letters, digits and hyphens."],
    ["", "A package needs a name."],
  ])("cannot be %s", (name, words) => {
    expect(nameProblem(name)).toContain(words);
  });
});
