/** What people see when a server has started. */
import { hasColors, paint } from "@sluice/core";
import type { RunningServer } from "@sluice/server";
import type { Terminal } from "../output/terminal.ts";

/** Says where the server and its history are, and how to use it from another terminal. */
export function writeBanner(server: RunningServer, { stdout, env }: Terminal): void {
  const strong = (text: string): string => (hasColors(stdout, env) ? paint("cyan", text) : text);
  stdout.write(`
Sluice server
  API       ${strong(server.apiUrl)}
  Database  ${server.location}

Use it from another terminal:
  TypeScript  sluice config set api.url=${server.apiUrl}      (or SLUICE_API_URL)
  Python      prefect config set PREFECT_API_URL=${server.apiUrl}

Ctrl-C stops it.
`);
}
