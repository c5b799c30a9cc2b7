/** A transaction that cannot do what it is asked. */
import { SluiceError, type SluiceErrorOptions } from "@sluice/protocol";

/** A transaction could not begin or commit, or was asked something that its state does not allow. */
export class TransactionError extends SluiceError {
  constructor(message: string, options?: SluiceErrorOptions) {
    super("TRANSACTION", message, options);
  }
}
