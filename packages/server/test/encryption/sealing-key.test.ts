import { randomBytes } from "node:crypto";
import { describe, expect, it } from "vitest";
import { parseSealingKeys } from "../../src/encryption/sealing-key.ts";

function newKey(): string {
  return randomBytes(32).toString("base64");
}

function errorOf(text: string): Error {
  try {
    parseSealingKeys(text, "THE_PLACE");
  } catch (error) {
    return error as Error;
  }
  throw new Error("The keys were taken.");
}

describe("keys", () => {
  it("have the ids they are given, or one that follows from the key", () => {
    const [a, b] = [newKey(), newKey()];
    const [first, second, third] = parseSealingKeys(`2026:${a},${b}\n old.1:${newKey()} `, "");
    expect([first?.id, third?.id]).toEqual(["2026", "old.1"]);
    expect(second?.id).toMatch(/^[0-9a-f]{12}$/u);
    expect(parseSealingKeys(b, "")[0]?.id).toBe(second?.id);
    expect(first?.key.export().toString("base64")).toBe(a);
  });

  it("may be in the base64 of URLs and without padding", () => {
    const key = randomBytes(32);
    expect(parseSealingKeys(key.toString("base64url"), "")[0]?.key.export()).toEqual(key);
  });

  it("are never in what is said about them", () => {
    const short = randomBytes(16).toString("base64");
    const key = newKey();
    for (const [text, words] of [
      ["", "There is no key in THE_PLACE"],
      [" , ", "There is no key"],
      [short, "Key 1 in THE_PLACE is not 32 bytes in base64"],
      [`${key},hunter22`, "Key 2 in THE_PLACE"],
      [`${key}=`, "Key 1"],
      [`a b:${key}`, "Key 1"],
      [`ü:${key}`, "a name that is not possible"],
      [`${"x".repeat(65)}:${key}`, "a name that is not possible"],
      [`a:${key},a:${newKey()}`, "called a"],
      [`${key},${key}`, "called"],
    ] as const) {
      const error = errorOf(text);
      expect(error).toMatchObject({ code: "ENCRYPTION_KEY", message: expect.stringContaining(words) });
      for (const secret of [short, key, "hunter22"]) {
        expect(JSON.stringify({ ...error, message: error.message })).not.toContain(secret);
      }
    }
  });
});
