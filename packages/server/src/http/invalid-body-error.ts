/** A body that is not what its route takes. */
import { SluiceError } from "@sluice/protocol";

/** One fault in a body: where (`loc` begins with `body`), of what kind, and in words. */
export interface InvalidMember {
  readonly type: string;
  readonly loc: readonly (string | number)[];
  readonly msg: string;
}

export class InvalidBodyError extends SluiceError {
  readonly members: readonly InvalidMember[];
  readonly body: unknown;

  constructor(members: readonly InvalidMember[], body: unknown) {
    super("INVALID_REQUEST", "Invalid request received.");
    this.members = members;
    this.body = body;
  }
}
