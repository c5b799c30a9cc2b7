/** fake-gcs-server: Google Cloud Storage in memory; it lets everybody in. */
import { findProgram, programPath } from "./find-program.ts";
import type { NoOptions } from "./moto.ts";
import { runServer } from "./run-server.ts";
import type { ServerDefinition } from "./test-server.ts";

const PEER = "bin/fake-gcs-server";

export const fakeGcsServer: ServerDefinition<NoOptions> = {
  whyMissing: () =>
    findProgram("fake-gcs-server", PEER) === undefined
      ? "there is no fake-gcs-server: run .ci/install-peers"
      : undefined,
  start: async () => {
    const { port, stop } = await runServer((freePort) => ({
      command: [programPath("fake-gcs-server", PEER), ...flags(freePort)],
    }));
    const url = `http://127.0.0.1:${port}`;
    return { url, env: { STORAGE_EMULATOR_HOST: url }, stop };
  },
};

/** Uploads go on at the external URL, and signed URLs are served for the public host only. */
function flags(port: number): string[] {
  const host = `127.0.0.1:${port}`;
  return [
    ...["-scheme", "http", "-host", "127.0.0.1", "-port", String(port), "-backend", "memory"],
    ...["-external-url", `http://${host}`, "-public-host", host, "-log-level", "error"],
  ];
}
