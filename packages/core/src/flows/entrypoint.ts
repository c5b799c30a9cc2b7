/** Loads a flow from `path/to/file.ts:flow`. */
import { existsSync } from "node:fs";
import { isAbsolute, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { SluiceError } from "@sluice/protocol";
import { closestName } from "../settings/closest-name.ts";
import { type Flow, findFlowDefinition, isFlow } from "./flow.ts";

/** An entrypoint does not lead to a flow. */
export class EntrypointError extends SluiceError {
  constructor(message: string, cause?: unknown) {
    super("ENTRYPOINT", message, { cause });
  }
}

export interface LoadedFlow {
  readonly flow: Flow<never, unknown>;
  /** Absolute path and flow name, to load it again from anywhere. */
  readonly entrypoint: string;
}

/**
 * Imports the module and finds the flow among its exports, by export name or by flow name. Without a name the module
 * must export one flow only.
 *
 * @throws {EntrypointError} when the file does not exist, throws, exports no such flow, or several and none was named.
 */
export async function loadFlow(entrypoint: string): Promise<LoadedFlow> {
  const { path, name } = parseEntrypoint(entrypoint);
  if (!existsSync(path)) {
    throw new EntrypointError(
      `There is no file ${path}. An entrypoint is path/to/file.ts or path/to/file.ts:flow.`,
    );
  }
  const flows = flowsOf(await importModule(path));
  const [exportName, flow] = chooseFlow(flows, name, path);
  return { flow, entrypoint: `${path}:${exportName}` };
}

/** Splits at the last colon, leaving a Windows drive letter alone. */
export function parseEntrypoint(entrypoint: string): {
  readonly path: string;
  readonly name: string | undefined;
} {
  const at = entrypoint.lastIndexOf(":");
  const hasName = at > 1 && !/[\\/]/.test(entrypoint.slice(at + 1));
  const file = hasName ? entrypoint.slice(0, at) : entrypoint;
  const name = hasName ? entrypoint.slice(at + 1) : "";
  return { path: isAbsolute(file) ? file : resolve(file), name: name === "" ? undefined : name };
}

async function importModule(path: string): Promise<Record<string, unknown>> {
  try {
    return (await import(pathToFileURL(path).href)) as Record<string, unknown>;
  } catch (error) {
    const words = error instanceof Error ? error.message : String(error);
    const hint =
      error instanceof Error && "code" in error && error.code === "ERR_UNKNOWN_FILE_EXTENSION"
        ? ' This Node cannot load TypeScript by itself: use "sluice run", or start node with --import tsx.'
        : "";
    throw new EntrypointError(`${path} could not be loaded: ${words}.${hint}`, error);
  }
}

function flowsOf(module: Record<string, unknown>): Map<string, Flow<never, unknown>> {
  const flows = new Map<string, Flow<never, unknown>>();
  for (const [name, value] of Object.entries(module)) if (isFlow(value)) flows.set(name, value);
  return flows;
}

function chooseFlow(
  flows: Map<string, Flow<never, unknown>>,
  name: string | undefined,
  path: string,
): [exportName: string, flow: Flow<never, unknown>] {
  const entries = [...flows];
  const names = entries.map(([key]) => key);
  const [only] = entries;
  if (only === undefined) {
    throw new EntrypointError(
      `${path} exports no flow. Export what flow() gives: export const myFlow = flow(…).`,
    );
  }
  if (name === undefined) {
    if (entries.length === 1) return only;
    throw new EntrypointError(
      `${path} exports several flows: ${names.join(", ")}. Say which: ${path}:${only[0]}.`,
    );
  }
  const found =
    entries.find(([key]) => key === name) ??
    entries.find(([, flow]) => findFlowDefinition(flow)?.name === name);
  if (found !== undefined) return found;
  const closest = closestName(name, names);
  throw new EntrypointError(
    `${path} exports no flow "${name}". ${closest === undefined ? `It exports ${names.join(", ")}.` : `Did you mean ${closest}?`}`,
  );
}
