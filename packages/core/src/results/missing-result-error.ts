/** A result that is not there. */
import { SluiceError, type SluiceErrorOptions } from "@sluice/protocol";

/** There is no result to give: it was not persisted, or it was deleted. */
export class MissingResultError extends SluiceError {
  constructor(what: string, options?: SluiceErrorOptions) {
    super(
      "MISSING_RESULT",
      `There is no result for ${what}: it was not persisted, or it was deleted from its storage. Set persistResult to keep results.`,
      options,
    );
  }
}
