/** Where the lines of a server go. */
import { type Logger, type Settings, terminalLogger } from "@sluice/core";
import type { ServerLog } from "@sluice/server";

/** A logger as the settings say, which has told their warnings. */
export function serverLogger({ logging, warnings }: Settings): Logger {
  const logger = terminalLogger("sluice.server", logging);
  for (const warning of warnings) logger.warn(warning);
  return logger;
}

/** The logger as servers call it. */
export function logTo(logger: Logger): ServerLog {
  return (level, message, fields) => logger[level](message, fields);
}
