/** Where a transaction tells what must not stop it. */
import type { TransactionOptions } from "./transaction-options.ts";

export type TransactionLog = NonNullable<TransactionOptions["logger"]>;

/** Without a logger, warnings of the process, so that nothing goes unseen. */
export function transactionLog(logger: TransactionLog | undefined): TransactionLog {
  if (logger !== undefined) return logger;
  const warn: TransactionLog["warn"] = (message, fields = {}) => {
    const error = fields instanceof Error ? fields : fields["error"];
    process.emitWarning(
      error instanceof Error ? `${message}: ${error.message}` : message,
      "TransactionWarning",
    );
  };
  return { warn, error: warn };
}
