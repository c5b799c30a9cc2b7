/** What workers are started with: the module that they run, and how they come to load TypeScript. */

/** Environment variable with the URL of a module that lets Node load TypeScript; set by the command `sluice`. */
const LOADER_VARIABLE = "SLUICE_MODULE_LOADER";

/** The module that workers run: beside this one in the sources, in a folder of its own in the bundle. */
export function workerEntry(): URL {
  const path = import.meta.url.endsWith(".ts") ? "./worker-entry.ts" : "./task-runners/worker-entry.js";
  return new URL(path, import.meta.url);
}

/** The command line options of Node for worker processes: those of this process, but for what only one can have. */
export function processOptions(): string[] {
  const loader = process.env[LOADER_VARIABLE];
  return [...inheritedOptions(process.execArgv), ...(loader === undefined ? [] : ["--import", loader])];
}

/** What a worker thread runs: a module, or code when modules have to be loaded before that one. */
export interface ThreadScript {
  readonly script: URL | string;
  readonly isCode: boolean;
}

/**
 * Threads inherit Node's options, but tsx does not register itself in threads
 * (https://github.com/privatenumber/tsx/issues/354), and the loader of the command is not among the options.
 */
export function threadScript(): ThreadScript {
  const loader = process.env[LOADER_VARIABLE];
  const tsx = tsxApis();
  if (loader === undefined && tsx.length === 0) return { script: workerEntry(), isCode: false };
  const steps = tsx.map((url) => `(await import(${JSON.stringify(url)})).register();`);
  if (loader !== undefined) steps.push(`await import(${JSON.stringify(loader)});`);
  steps.push(`await import(${JSON.stringify(workerEntry().href)});`);
  return { script: `(async () => { ${steps.join(" ")} })();`, isCode: true };
}

/** The modules by which tsx is registered, if Node was told to load tsx: by its package's name, or as its command does it. */
function tsxApis(): string[] {
  const options = [...process.execArgv, process.env["NODE_OPTIONS"] ?? ""].join(" ");
  if (/--import[= ]tsx(?:\/esm)?(?:\s|$)/.test(options)) return ["tsx/cjs/api", "tsx/esm/api"];
  const directory = /--import[= ](file:\/\/\S+\/tsx\/dist\/)\S+/.exec(options)?.[1];
  return directory === undefined ? [] : [`${directory}cjs/api/index.mjs`, `${directory}esm/api/index.mjs`];
}

/** Without the debugger, whose port is taken, and without code to run in place of a module. */
function inheritedOptions(options: readonly string[]): string[] {
  const inherited: string[] = [];
  for (let index = 0; index < options.length; index += 1) {
    const option = options[index] as string;
    if (/^(?:-e|-p|-pe|--eval|--print)$/.test(option)) index += 1;
    else if (!/^--(?:inspect|eval|print|input-type|watch)/.test(option)) inherited.push(option);
  }
  return inherited;
}
