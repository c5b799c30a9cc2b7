/** The options by which parameters are given. */
import { readFileSync } from "node:fs";
import { type Command, InvalidArgumentError } from "commander";
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

function addAssignment(
  text: string,
  previous: ReadonlyMap<string, string> | undefined,
): ReadonlyMap<string, string> {
  const equals = text.indexOf("=");
  if (equals < 1) throw new InvalidArgumentError("Write it as key=value.");
  return new Map([...(previous ?? []), [text.slice(0, equals), text.slice(equals + 1)]]);
}

function parseObject(text: string): Readonly<Record<string, unknown>> {
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
