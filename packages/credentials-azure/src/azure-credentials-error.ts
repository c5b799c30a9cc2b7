/** The error of credentials that cannot be used. */
import { SluiceError, type SluiceErrorOptions } from "@sluice/protocol";

/** Credentials are missing, or do not fit together. */
export class AzureCredentialsError extends SluiceError {
  constructor(message: string, options?: SluiceErrorOptions) {
    super("CREDENTIALS", message, options);
  }
}
