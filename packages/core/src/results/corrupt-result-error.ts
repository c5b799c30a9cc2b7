/** A result file that is not what was written. */
import { SluiceError, type SluiceErrorOptions } from "@sluice/protocol";

/** The file of a result is cut off, changed, or no result at all. */
export class CorruptResultError extends SluiceError {
  constructor(path: string, location: string, problem: string, options?: SluiceErrorOptions) {
    super(
      "CORRUPT_RESULT",
      `The result "${path}" in ${location} cannot be used: ${problem}. Delete the file and run again.`,
      { ...options, details: { path, location, ...options?.details } },
    );
  }
}
