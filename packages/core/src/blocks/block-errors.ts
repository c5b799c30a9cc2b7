/** What can be wrong with blocks. Messages name the block, the field and the remedy, never a value. */
import { SluiceError, type SluiceErrorOptions } from "@sluice/protocol";

/** A field whose value does not fit. */
export interface BlockIssue {
  /** The field, with dots to what is inside it; empty for the block as a whole. */
  readonly path: string;
  readonly message: string;
}

/** A block type cannot be what its definition says. */
export class InvalidBlockTypeError extends SluiceError {
  constructor(slug: string, problem: string, options?: SluiceErrorOptions) {
    super("INVALID_BLOCK_TYPE", `The block type "${slug}" cannot be defined: ${problem}`, {
      ...options,
      details: { slug, ...options?.details },
    });
  }
}

/** The values do not fit the schema of the block's type. */
export class InvalidBlockError extends SluiceError {
  readonly issues: readonly BlockIssue[];

  /** @param block Slug and, if it has one, name of the block. */
  constructor(block: string, issues: readonly BlockIssue[], remedy: string, options?: SluiceErrorOptions) {
    const lines = issues.map(({ path, message }) => (path === "" ? message : `${path}: ${message}`));
    super("INVALID_BLOCK", `The block ${block} does not fit its schema: ${lines.join("; ")}. ${remedy}`, {
      ...options,
      details: { block, issues },
    });
    this.issues = issues;
  }
}

/** No class of this process, nor of an installed plugin, has this slug. */
export class UnknownBlockTypeError extends SluiceError {
  constructor(slug: string, remedy: string) {
    super("UNKNOWN_BLOCK_TYPE", `No class is known for the block type "${slug}". ${remedy}`, {
      details: { slug },
    });
  }
}
