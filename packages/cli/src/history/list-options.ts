/** The options by which runs are listed. */
import { STATE_TYPES, type StateType } from "@sluice/protocol";
import { type Command, InvalidArgumentError, Option } from "commander";
import { stateName } from "../output/state-text.ts";

/** What commander makes of them. */
export interface ListOptions {
  readonly limit: number;
  readonly state?: string;
  readonly stateType?: StateType;
}

/** What a filter of runs has for them. */
export interface StateFilter {
  readonly state?: { readonly name?: { any_: string[] }; readonly type?: { any_: StateType[] } };
}

const DEFAULT_LIMIT = 30;

/** Adds `--limit`, `--state` and `--state-type` to a command. */
export function addListOptions(command: Command): Command {
  return command
    .option("--limit <count>", "at most this many", parseCount, DEFAULT_LIMIT)
    .option("--state <name>", "only those in the state of this name, such as Cached", stateName)
    .addOption(
      new Option(
        "--state-type <type>",
        `only those in a state of this type: ${STATE_TYPES.join(", ")}`,
      ).argParser(parseStateType),
    );
}

/** The part of a filter that the options ask for. */
export function stateFilter({ state, stateType }: ListOptions): StateFilter {
  if (state === undefined && stateType === undefined) return {};
  return {
    state: {
      ...(state === undefined ? {} : { name: { any_: [state] } }),
      ...(stateType === undefined ? {} : { type: { any_: [stateType] } }),
    },
  };
}

/** A whole number above zero. */
export function parseCount(text: string): number {
  const count = Number(text);
  if (!Number.isSafeInteger(count) || count < 1)
    throw new InvalidArgumentError("It takes a whole number above 0.");
  return count;
}

function parseStateType(text: string): StateType {
  const type = STATE_TYPES.find((candidate) => candidate === text.toUpperCase());
  if (type === undefined) throw new InvalidArgumentError(`It takes one of ${STATE_TYPES.join(", ")}.`);
  return type;
}
