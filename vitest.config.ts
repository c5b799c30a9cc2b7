import { readdirSync } from "node:fs";
import { defineConfig } from "vitest/config";

const conditions = ["@sluice/source", "node", "import", "module", "default"];
const packagesDir = `${import.meta.dirname}/packages`;
const project = (name: string, root: string) => ({
  extends: true as const,
  test: { name, root, include: ["test/**/*.test.ts"] },
});

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  test: {
    // Worker threads and child processes started by tests load sources too.
    execArgv: ["--conditions=@sluice/source", "--import", "tsx"],
    projects: [
      ...readdirSync(packagesDir).map((name) => project(`@sluice/${name}`, `${packagesDir}/${name}`)),
      project("examples", `${import.meta.dirname}/examples`),
      project("benchmarks", `${import.meta.dirname}/benchmarks`),
    ],
  },
});
