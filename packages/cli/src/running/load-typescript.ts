/** Lets this process, and the threads and processes that task runners start, load TypeScript. */
import { register } from "node:module";
import { extname } from "node:path";

/** The module that workers of task runners import first, as a URL. */
const LOADER_VARIABLE = "SLUICE_MODULE_LOADER";

let loading: Promise<void> | undefined;

/** From now on `import()` takes TypeScript, here and in the workers of task runners. Calling it again does nothing. */
export function loadTypeScript(): Promise<void> {
  loading ??= registerLoaders();
  return loading;
}

/** Processes that this one starts take TypeScript; for programs that load no flows themselves. */
export function loadTypeScriptInProcesses(): void {
  process.env[LOADER_VARIABLE] = neighbour("typescript-loader");
}

async function registerLoaders(): Promise<void> {
  loadTypeScriptInProcesses();
  const tsx = await import("tsx/esm/api");
  tsx.register();
  register(neighbour("typescript-hooks"));
}

/** A module beside this one, whether that is the source or built. */
function neighbour(name: string): string {
  return new URL(`./${name}${extname(import.meta.url)}`, import.meta.url).href;
}
