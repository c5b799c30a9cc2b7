/** What workers of task runners import first, so that they can load flows in TypeScript. */
import { loadTypeScript } from "./load-typescript.ts";

await loadTypeScript();
