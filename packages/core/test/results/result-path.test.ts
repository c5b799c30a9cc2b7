import { describe, expect, it } from "vitest";
import { resultPath } from "../../src/results/result-path.ts";

describe("the path of a result", () => {
  it.each(["0a1b2c", "reports/2024-01-01.json", "Report_1", "a~b"])(
    "is the key when that is a safe path: %s",
    (key) => {
      expect(resultPath(key)).toBe(key);
    },
  );

  it.each([
    "",
    "..",
    "../x",
    "/etc/passwd",
    "a//b",
    "a/",
    ".hidden",
    "a\\b",
    "a:b",
    "a b",
    "ünï",
    "C:\\x",
    "a\0b",
    "con",
    "aux.json",
    "trailing.",
    "x".repeat(1000),
    "~",
    "a/b/".repeat(20),
    "new\nline",
  ])("is a readable part and a hash otherwise: %j", (key) => {
    const path = resultPath(key);
    expect(path).toMatch(/^[A-Za-z0-9][A-Za-z0-9-]{0,39}~[0-9a-f]{64}$/);
    expect(resultPath(path)).toBe(path);
  });

  it("differs for keys that read the same", () => {
    expect(resultPath("a b")).not.toBe(resultPath("a:b"));
    expect(resultPath("a b")).toMatch(/^a-b~/);
  });
});
