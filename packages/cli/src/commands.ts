/** The table of commands; each has its module in `commands/`, loaded when it is called. */
import type { Command } from "commander";
import type { Terminal } from "./output/terminal.ts";

/** Adds description, options, sub-commands and action to a command. */
export type DefineCommand = (command: Command, terminal: Terminal) => void;

export interface CommandEntry {
  readonly name: string;
  readonly aliases?: readonly string[];
  /** What the list of commands says. */
  readonly summary: string;
  readonly load: () => Promise<DefineCommand>;
}

export const COMMANDS: readonly CommandEntry[] = [
  {
    name: "run",
    summary: "run a flow and watch it",
    load: async () => (await import("./commands/run.ts")).defineRun,
  },
  {
    name: "flow-run",
    summary: "look at flow runs, read their logs, retry them",
    load: async () => (await import("./commands/flow-run.ts")).defineFlowRun,
  },
  {
    name: "task-run",
    summary: "look at task runs and read their logs",
    load: async () => (await import("./commands/task-run.ts")).defineTaskRun,
  },
  {
    name: "flow",
    summary: "list flows",
    load: async () => (await import("./commands/flow.ts")).defineFlow,
  },
  {
    name: "init",
    summary: "start a sluice.yaml, which says how flows are deployed",
    load: async () => (await import("./commands/init.ts")).defineInit,
  },
  {
    name: "deploy",
    summary: "deploy flows, to be run by schedules and from elsewhere",
    load: async () => (await import("./commands/deploy.ts")).defineDeploy,
  },
  {
    name: "build",
    summary: "run the build steps of sluice.yaml",
    load: async () => (await import("./commands/build.ts")).defineBuild,
  },
  {
    name: "deployment",
    summary: "run deployments, see and change them and their schedules",
    load: async () => (await import("./commands/deployment.ts")).defineDeployment,
  },
  {
    name: "work-pool",
    summary: "make, see and change work pools, where runs wait for workers",
    load: async () => (await import("./commands/work-pool.ts")).defineWorkPool,
  },
  {
    name: "work-queue",
    summary: "make, see and change the queues of work pools",
    load: async () => (await import("./commands/work-queue.ts")).defineWorkQueue,
  },
  {
    name: "worker",
    summary: "start a worker for a work pool, and see which there are",
    load: async () => (await import("./commands/worker.ts")).defineWorker,
  },
  {
    name: "variable",
    summary: "set, see and delete variables",
    load: async () => (await import("./commands/variable.ts")).defineVariable,
  },
  {
    name: "global-concurrency-limit",
    aliases: ["gcl"],
    summary: "make, see and change concurrency limits",
    load: async () => (await import("./commands/global-concurrency-limit.ts")).defineGlobalConcurrencyLimit,
  },
  {
    name: "concurrency-limit",
    summary: "limit task runs by their tag",
    load: async () => (await import("./commands/concurrency-limit.ts")).defineConcurrencyLimit,
  },
  {
    name: "artifact",
    summary: "see and delete what runs showed to people",
    load: async () => (await import("./commands/artifact.ts")).defineArtifact,
  },
  {
    name: "event",
    summary: "follow events, and tell of them",
    load: async () => (await import("./commands/event.ts")).defineEvent,
  },
  {
    name: "api",
    summary: "send a request to the server as it is",
    load: async () => (await import("./commands/api.ts")).defineApi,
  },
  {
    name: "block",
    summary: "make, list and delete blocks: credentials, storage, secrets",
    load: async () => (await import("./commands/block.ts")).defineBlock,
  },
  {
    name: "plugin",
    summary: "see which plugins are installed",
    load: async () => (await import("./commands/plugin.ts")).definePlugin,
  },
  {
    name: "server",
    summary: "start a server and look after its database",
    load: async () => (await import("./commands/server.ts")).defineServer,
  },
  {
    name: "config",
    summary: "see and change settings",
    load: async () => (await import("./commands/config.ts")).defineConfig,
  },
  {
    name: "profile",
    summary: "keep several sets of settings and switch between them",
    load: async () => (await import("./commands/profile.ts")).defineProfile,
  },
  {
    name: "version",
    summary: "show the versions of Sluice and what it runs on",
    load: async () => (await import("./commands/version.ts")).defineVersion,
  },
];
