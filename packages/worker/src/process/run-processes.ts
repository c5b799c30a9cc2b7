/** Node.js processes for flow runs of Sluice: one for each run, some of them started before there is a run for them. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { endProcessTree, hasOwnGroup, workerProcessOptions } from "@sluice/core";

/** Which run a process is for: everything is said by variables. */
export interface RunOrder {
  readonly env: Readonly<Record<string, string>>;
  readonly directory: string;
}

export interface RunProcessesOptions {
  readonly env: Readonly<Record<string, string>>;
  readonly warm: number;
}

/** The run that has just begun gets the processor first. */
const REFILL_MS = 200;
/** Read by Node.js as it starts, so that a process that has started cannot be given it. */
const START_VARIABLES = ["NODE_OPTIONS", "NODE_PATH", "NODE_EXTRA_CA_CERTS", "TZ"];

export class RunProcesses {
  readonly #options: RunProcessesOptions;
  readonly #warm = new Set<ChildProcess>();
  #refill: NodeJS.Timeout | undefined;
  #isClosed = false;

  constructor(options: RunProcessesOptions) {
    this.#options = options;
    this.#fill();
  }

  /** A process that has begun with the run. */
  async start(order: RunOrder): Promise<ChildProcess> {
    const isSpecial = START_VARIABLES.some((name) => order.env[name] !== undefined);
    const [warm] = isSpecial ? [] : this.#warm;
    const child = warm ?? (await this.#spawn(order.env));
    this.#warm.delete(child);
    this.#refill ??= setTimeout(() => this.#fill(), REFILL_MS);
    child.ref();
    child.channel?.ref();
    // When it has died meanwhile, its exit tells.
    child.send(order, () => undefined);
    return child;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#refill);
    const idle = [...this.#warm];
    this.#warm.clear();
    await Promise.all(idle.map((child) => endProcessTree(child.pid ?? 0, { graceMs: 0 })));
  }

  #fill(): void {
    this.#refill = undefined;
    for (let count = this.#warm.size; count < this.#options.warm && !this.#isClosed; count += 1) {
      const child = fork(...this.#call({}));
      this.#warm.add(child);
      child.once("error", () => this.#warm.delete(child));
      child.once("exit", () => this.#warm.delete(child));
      // Idle ones do not keep this process.
      child.unref();
      child.channel?.unref();
    }
  }

  async #spawn(env: Readonly<Record<string, string>>): Promise<ChildProcess> {
    const child = fork(...this.#call(env));
    await once(child, "spawn");
    return child;
  }

  #call(env: Readonly<Record<string, string>>): Parameters<typeof fork> {
    const entry = new URL(`./run-process${extname(import.meta.url)}`, import.meta.url);
    const options = {
      execArgv: workerProcessOptions(),
      env: { ...process.env, ...this.#options.env, ...env },
      detached: hasOwnGroup,
      stdio: ["ignore", "pipe", "pipe", "ipc"] as ("ignore" | "pipe" | "ipc")[],
    };
    return [fileURLToPath(entry), [], options];
  }
}
