import { describe, expect, it } from "vitest";
import { keyPath } from "../../src/filesystems/key-path.ts";

describe("the path of a key", () => {
  it.each(["0a1b2c", "reports/2024-01-01.json", "Report_1", "a~b"])(
    "is the key when that is a safe path: %s",
    (key) => {
      expect(keyPath(key)).toBe(key);
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
    const path = keyPath(key);
    expect(path).toMatch(/^[A-Za-z0-9][A-Za-z0-9-]{0,39}~[0-9a-f]{64}$/);
    expect(keyPath(path)).toBe(path);
  });

  it("differs for keys that read the same", () => {
    expect(keyPath("a b")).not.toBe(keyPath("a:b"));
    expect(keyPath("a b")).toMatch(/^a-b~/);
  });
});
