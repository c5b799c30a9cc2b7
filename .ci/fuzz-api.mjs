/**
 * Sends the built server what its OpenAPI description allows and what it forbids, for a bounded time: no answer may be a
 * server error. `node .ci/fuzz-api.mjs [seconds]`; the fuzzer is installed by .ci/install-peers.
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

const root = new URL("..", import.meta.url).pathname;
const seconds = process.argv[2] ?? "60";
const START_TIMEOUT_MS = 30_000;

const home = mkdtempSync(join(tmpdir(), "sluice-fuzz-"));
const command = [
  join(root, "packages/cli/dist/main.js"),
  "server",
  "start",
  "--port",
  "0",
  "--log-format",
  "json",
];
const server = spawn(process.execPath, command, {
  env: { PATH: process.env.PATH, SLUICE_HOME: home },
  stdio: ["ignore", "pipe", "pipe"],
});
const lastLines = [];
try {
  const apiUrl = await listening();
  const fuzzer = spawn(
    join(root, ".peers/schemathesis/bin/schemathesis"),
    [
      "run",
      `${apiUrl}/openapi.json`,
      "--url",
      apiUrl,
      "--checks",
      "not_a_server_error",
      "--max-time",
      seconds,
    ].concat(["--seed", "1", "--request-timeout", "10", "--warnings", "off", "--continue-on-failure"]),
    { cwd: home, stdio: "inherit" },
  );
  const [code] = await once(fuzzer, "exit");
  if (code !== 0) {
    process.stderr.write(`What the server wrote last:\n${lastLines.join("\n")}\n`);
    process.exitCode = 1;
  }
} finally {
  const ended = server.exitCode === null ? once(server, "exit") : undefined;
  server.kill("SIGTERM");
  await ended;
  rmSync(home, { recursive: true, force: true });
}

/** Where the API is, once the server says so. */
function listening() {
  return new Promise((resolve, reject) => {
    const fail = (what) => reject(new Error(`The server ${what}:\n${lastLines.join("\n")}`));
    const tooLate = setTimeout(() => fail("did not start in time"), START_TIMEOUT_MS);
    server.once("exit", (code) => fail(`ended with ${code}`));
    for (const stream of [server.stdout, server.stderr]) {
      createInterface({ input: stream }).on("line", (line) => {
        lastLines.push(line);
        if (lastLines.length > 40) lastLines.shift();
        const url = /http:\/\/[\d.:a-z]+\/api/u.exec(line)?.[0];
        if (url === undefined) return;
        clearTimeout(tooLate);
        resolve(url);
      });
    }
  });
}
