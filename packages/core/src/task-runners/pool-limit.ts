/** How many workers a pool has at most. */
import { availableParallelism } from "node:os";
import { SluiceError } from "@sluice/protocol";

/** @throws {SluiceError} code `INVALID_OPTION` when the limit is not a whole number of at least 1. */
export function poolLimit(limit: number = availableParallelism()): number {
  if (Number.isInteger(limit) && limit >= 1) return limit;
  throw new SluiceError(
    "INVALID_OPTION",
    `A worker pool's limit must be a whole number of at least 1, not ${limit}.`,
    { details: { limit } },
  );
}
