import { describe, expect, it } from "vitest";
import {
  ConflictError,
  ERROR_CODES,
  isSluiceError,
  ObjectNotFoundError,
  SluiceError,
} from "../src/errors.ts";

describe("errors", () => {
  it("carry a code, its HTTP status, facts and a cause", () => {
    const cause = new Error("disk");
    const error = new ConflictError("Taken.", { cause, details: { id: "1" } });
    expect(error).toMatchObject({
      name: "ConflictError",
      code: "CONFLICT",
      httpStatus: 409,
      details: { id: "1" },
    });
    expect(error.cause).toBe(cause);
    expect(new SluiceError("FAILED_RUN", "It failed.")).not.toHaveProperty("cause");
  });

  it("name the object that is not there", () => {
    expect(new ObjectNotFoundError("flow run", "abc").message).toBe("There is no flow run abc.");
  });

  it("are known by code, not by class, so that another copy of this package counts", () => {
    const foreign = Object.assign(new Error("Taken."), { code: "CONFLICT" });
    expect(isSluiceError(foreign)).toBe(true);
    expect(isSluiceError(foreign, "CONFLICT")).toBe(true);
    expect(isSluiceError(foreign, "INVALID_REQUEST")).toBe(false);
    expect(isSluiceError(Object.assign(new Error("no file"), { code: "ENOENT" }))).toBe(false);
    expect(isSluiceError({ code: "CONFLICT" })).toBe(false);
  });

  it("have a status of the 400s or 500s each", () => {
    for (const status of Object.values(ERROR_CODES)) expect(status).toBeGreaterThanOrEqual(400);
    for (const status of Object.values(ERROR_CODES)) expect(status).toBeLessThan(600);
  });
});
