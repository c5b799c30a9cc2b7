/** A body that is larger than the server reads. */
import { SluiceError } from "@sluice/protocol";

export class BodyTooLargeError extends SluiceError {
  constructor(maxBytes: number) {
    super(
      "BODY_TOO_LARGE",
      `The body of the request has more than ${maxBytes} bytes. Send less at once, or have the server's operator raise server.max_body_bytes.`,
      { details: { maxBytes } },
    );
  }
}
