/** Programs that servers are started with. */
import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";
import { fileURLToPath } from "node:url";

/** Where `.ci/install-peers` puts what is not installed system-wide. */
const PEERS = fileURLToPath(new URL("../../../.peers", import.meta.url));

/** A file below `.peers`, existing or not. */
export function peerPath(path: string): string {
  return join(PEERS, path);
}

/** The path of a program: as `.ci/install-peers` put it, else from the PATH or where servers are installed. */
export function findProgram(name: string, peer?: string): string | undefined {
  const directories = [...(process.env["PATH"] ?? "").split(delimiter), "/usr/sbin", "/usr/local/sbin"];
  const installed = directories.filter((directory) => directory !== "").map((path) => join(path, name));
  return [...(peer === undefined ? [] : [peerPath(peer)]), ...installed].find(isExecutable);
}

/** As `findProgram`, for when it is known to be there. */
export function programPath(name: string, peer?: string): string {
  const path = findProgram(name, peer);
  if (path === undefined) throw new Error(`There is no program ${name}: run .ci/install-peers.`);
  return path;
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    // Absent, or not for this user: another place may have it.
    return false;
  }
}
