/** `sluice api …`: requests to the server as they are. */
import { readFileSync } from "node:fs";
import { loadSettings, requestApi } from "@sluice/core";
import { InvalidRequestError } from "@sluice/protocol";
import { type Command, InvalidArgumentError } from "commander";
import type { GlobalOptions } from "../global-options.ts";
import type { Terminal } from "../output/terminal.ts";

const METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"];

interface ApiOptions extends GlobalOptions {
  readonly data?: string;
}

/** Defines the command. */
export function defineApi(command: Command, terminal: Terminal): void {
  command
    .description(
      "Sends a request to the API of the server with the credentials of the profile, and prints the answer's body.",
    )
    .argument("<method>", METHODS.join(", "), parseMethod)
    .argument("<path>", "below the API's URL, with the query, such as /flows/filter", parsePath)
    .option("--data <json>", "body: JSON, @file.json, or - for standard input")
    .addHelpText(
      "after",
      "\nExamples:\n  sluice api GET /admin/version\n  sluice api POST /flows/filter --data '{\"limit\": 3}'\n" +
        "  sluice api POST /flow_runs/count | cat",
    )
    .action(async (method: string, path: string, _options, api: Command) => {
      const { profile, data }: ApiOptions = api.optsWithGlobals();
      const settings = loadSettings({ env: terminal.env, overrides: { profile } });
      const { text } = await requestApi(settings, { method, path, body: await readBody(data, terminal) });
      if (text !== "") terminal.stdout.write(`${readable(text)}\n`);
    });
}

function parseMethod(text: string): string {
  const method = text.toUpperCase();
  if (METHODS.includes(method)) return method;
  throw new InvalidArgumentError(`It takes one of ${METHODS.join(", ")}.`);
}

function parsePath(text: string): string {
  if (/^https?:/u.test(text))
    throw new InvalidArgumentError("It takes a path; the server is that of api.url.");
  return text.startsWith("/") ? text : `/${text}`;
}

async function readBody(data: string | undefined, { stdin }: Terminal): Promise<string | undefined> {
  if (data === undefined) return undefined;
  const text = data === "-" ? await readAll(stdin) : data.startsWith("@") ? readText(data.slice(1)) : data;
  try {
    JSON.parse(text);
  } catch (error) {
    throw new InvalidRequestError(`The body is not JSON: ${messageOf(error)}.`, { cause: error });
  }
  return text;
}

async function readAll(stdin: Terminal["stdin"]): Promise<string> {
  let text = "";
  for await (const chunk of stdin ?? []) text += String(chunk);
  return text;
}

function readText(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new InvalidRequestError(`The body cannot be read: ${messageOf(error)}.`, { cause: error });
  }
}

/** Indented if it is JSON; texts and pages stay as they are. */
function readable(text: string): string {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch (error) {
    if (error instanceof SyntaxError) return text.trimEnd();
    throw error;
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
