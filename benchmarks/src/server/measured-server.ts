/** The servers that are compared, each in a process of its own with a database of its own on one PostgreSQL server. */
import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { endProcess, startPrefectServer } from "@sluice/orchestration/testing/prefect-server";

export interface MeasuredServer {
  /** Such as `http://127.0.0.1:4200/api`. */
  readonly apiUrl: string;
  /** What its process holds in memory now. */
  residentMegabytes(): Promise<number>;
  /** Halts its process while another server has the machine for itself. */
  halt(): void;
  goOn(): void;
  stop(): Promise<void>;
}

const COMMAND = fileURLToPath(new URL("./dist/main.js", import.meta.resolve("sluice/package.json")));
const START_TIMEOUT_MS = 30_000;
const STOP_TIMEOUT_MS = 10_000;

/** `sluice server start`, as users start it. */
export async function startSluice(databaseUrl: string): Promise<MeasuredServer> {
  const home = await mkdtemp(join(tmpdir(), "sluice-bench-"));
  const args = [COMMAND, "server", "start", "--port", "0", "--log-format", "json"];
  const server = spawn(process.execPath, args, {
    env: { PATH: process.env["PATH"], SLUICE_HOME: home, SLUICE_DATABASE_URL: databaseUrl },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const stop = async (): Promise<void> => {
    await endProcess(server, STOP_TIMEOUT_MS);
    await rm(home, { recursive: true, force: true });
  };
  try {
    return { apiUrl: await apiUrlOf(server), ...processOf(server.pid), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Prefect's own server, with its services and without its user interface. */
export async function startPrefect(databaseUrl: string): Promise<MeasuredServer> {
  const url = databaseUrl.replace(/^postgres:/u, "postgresql+asyncpg:");
  const server = await startPrefectServer({ env: { PREFECT_API_DATABASE_CONNECTION_URL: url } });
  return { apiUrl: server.url, ...processOf(server.pid), stop: () => server.stop() };
}

function processOf(pid: number | undefined): Omit<MeasuredServer, "apiUrl" | "stop"> {
  if (pid === undefined) throw new Error("The server has no process.");
  return {
    residentMegabytes: () => residentMegabytes(pid),
    halt: () => process.kill(pid, "SIGSTOP"),
    goOn: () => process.kill(pid, "SIGCONT"),
  };
}

/** Where the server says that it listens. */
async function apiUrlOf(server: ChildProcess): Promise<string> {
  const lines: string[] = [];
  const signal = AbortSignal.timeout(START_TIMEOUT_MS);
  return new Promise((resolve, reject) => {
    const fail = (what: string): void => reject(new Error(`Sluice's server ${what}:\n${lines.join("\n")}`));
    signal.addEventListener("abort", () => fail("did not start in time"), { once: true });
    server.once("error", reject);
    server.once("exit", (code) => fail(`ended with ${code}`));
    for (const stream of [server.stdout, server.stderr]) {
      if (stream === null) continue;
      createInterface({ input: stream }).on("line", (line) => {
        const url = /http:\/\/[\d.:a-z]+\/api/u.exec(line)?.[0];
        if (url !== undefined) resolve(url);
        else if (lines.length < 50) lines.push(line);
      });
    }
  });
}

async function residentMegabytes(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8");
  const kilobytes = Number(/^VmRSS:\s+(\d+) kB$/mu.exec(status)?.[1]);
  if (Number.isNaN(kilobytes)) throw new Error(`/proc/${pid}/status does not tell the resident memory.`);
  return kilobytes / 1024;
}
