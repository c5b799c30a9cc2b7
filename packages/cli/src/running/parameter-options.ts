/** The options by which parameters are given. */
import { readFileSync } from "node:fs";
import { type Command, InvalidArgumentError } from "commander";
import { addAssignment } from "../options/collect-option.ts";
import type { GivenParameters } from "./given-parameters.ts";

/** What commander makes of them. */
export interface ParameterOptions {
  readonly param?: ReadonlyMap<string, string>;
  readonly params?: Readonly<Record<string, unknown>>;
}

/** Adds `-p key=value` and `--params` to a command. */
export function addParameterOptions(command: Command): Command {
  return command
    .option(
      "-p, --param <key=value>",
      "a parameter; its value is JSON if it can be; repeatable",
      addAssignment,
    )
    .option("--params <json>", "parameters as a JSON object, or @file.json", parseObject);
}

/** What the options give. */
export function givenParameters({ param, params }: ParameterOptions): GivenParameters {
  return { texts: param ?? new Map(), object: params ?? {} };
}

/** A JSON object, or the one in the file after an `@`. */
export function parseObject(text: string): Readonly<Record<string, unknown>> {
  const isFile = text.startsWith("@");
  const value = parseJson(isFile ? readText(text.slice(1)) : text, isFile ? text.slice(1) : "It");
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new InvalidArgumentError('Write it as a JSON object: {"key": "value"}.');
  }
  return value as Record<string, unknown>;
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new InvalidArgumentError(`The file cannot be read: ${messageOf(error)}.`);
  }
}

function parseJson(text: string, what: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new InvalidArgumentError(`${what} is not JSON: ${messageOf(error)}.`);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
