import { readdirSync } from "node:fs";
import { availableParallelism } from "node:os";
import { defineConfig } from "vitest/config";

// Vite adds `import` to these where it fits; given here, it would be a condition of `require` in workers too.
const conditions = ["@sluice/source", "node", "module", "default"];
const packagesDir = `${import.meta.dirname}/packages`;
/** Their tests share one PostgreSQL server. */
const postgresProjects = ["@sluice/store", "@sluice/server"];
const postgresSetup = `${packagesDir}/store/src/testing/postgres-global-setup.ts`;
const project = (name: string, root: string) => ({
  extends: true as const,
  test: {
    name,
    root,
    include: ["test/**/*.test.ts"],
    ...(postgresProjects.includes(name) && { globalSetup: postgresSetup }),
  },
});

export default defineConfig({
  resolve: { conditions },
  ssr: { resolve: { conditions } },
  // Global set-ups are run in an environment of vitest's own.
  environments: { __vitest__: { resolve: { conditions } } },
  test: {
    // To load a package anew for every file takes longer than most files do: tests leave nothing behind.
    isolate: false,
    // Vitest takes one less than there are processors. Tests also wait, for servers and for processes.
    maxWorkers: availableParallelism() + 1,
    // Bounds are for what hangs, and not for what a busy machine takes its time for.
    testTimeout: 60_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 30_000 } },
    setupFiles: `${import.meta.dirname}/vitest.setup.ts`,
    // Worker threads and child processes started by tests load sources too.
    execArgv: ["--conditions=@sluice/source", "--import", "tsx"],
    projects: [
      ...readdirSync(packagesDir).map((name) => project(`@sluice/${name}`, `${packagesDir}/${name}`)),
      project("examples", `${import.meta.dirname}/examples`),
      project("benchmarks", `${import.meta.dirname}/benchmarks`),
    ],
  },
});
