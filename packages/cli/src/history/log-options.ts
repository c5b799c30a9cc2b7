/** The options by which log lines are chosen. */
import { LOG_LEVELS, type LogLevelName } from "@sluice/protocol";
import { type Command, Option } from "commander";
import { parseCount } from "./list-options.ts";

/** What commander makes of them. */
export interface LogOptions {
  readonly head?: number;
  readonly tail?: number;
  readonly level?: LogLevelName;
}

/** Adds `--head`, `--tail` and `--level` to a command. */
export function addLogOptions(command: Command): Command {
  const levels = Object.keys(LOG_LEVELS);
  return command
    .addOption(new Option("--head <count>", "only the first lines").argParser(parseCount).conflicts("tail"))
    .addOption(new Option("--tail <count>", "only the last lines").argParser(parseCount))
    .addOption(new Option("--level <level>", "only lines of at least this level").choices(levels));
}
