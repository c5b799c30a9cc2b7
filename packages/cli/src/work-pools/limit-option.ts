/** Limits on the command line. */
import { InvalidArgumentError } from "commander";

/** As commander keeps it, which takes null for an option without a value. */
export type LimitOption = number | "none";

/** A whole number from 0 on, or `none`. */
export function parseLimit(text: string): LimitOption {
  if (text === "none") return text;
  const limit = Number(text);
  if (Number.isSafeInteger(limit) && limit >= 0 && text.trim() !== "") return limit;
  throw new InvalidArgumentError("It takes a whole number from 0 on, or none.");
}

/** As the API has it. */
export function limitOf(option: LimitOption): number | null {
  return option === "none" ? null : option;
}

/** `2 of 5`, or `no limit`. */
export function limitText(active: number | null, limit: number | null): string {
  return limit === null ? "no limit" : `${active ?? 0} of ${limit}`;
}
