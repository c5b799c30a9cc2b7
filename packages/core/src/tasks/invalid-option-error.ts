import { SluiceError } from "@sluice/protocol";

/** An option of a flow, task or call has a value that cannot work. */
export class InvalidOptionError extends SluiceError {
  constructor(message: string) {
    super("INVALID_OPTION", message);
  }
}
