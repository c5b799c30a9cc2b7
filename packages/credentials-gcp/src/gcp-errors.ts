/** The errors of Google Cloud. */
import { SluiceError, type SluiceErrorOptions } from "@sluice/protocol";

/** Credentials are missing, do not fit together, or are refused. */
export class GcpCredentialsError extends SluiceError {
  constructor(message: string, options?: SluiceErrorOptions) {
    super("CREDENTIALS", message, options);
  }
}

/** A service of Google Cloud failed or refused for another reason. */
export class GcpServiceError extends SluiceError {
  constructor(message: string, options?: SluiceErrorOptions) {
    super("EXTERNAL_SERVICE", message, options);
  }
}
