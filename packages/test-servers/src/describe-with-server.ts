/** Tests that need a server. */
import { afterAll, beforeAll, describe, it } from "vitest";
import { isRequired, type ServerName, type ServerOptions, startServer, whyMissing } from "./servers.ts";
import type { TestServer } from "./test-server.ts";

const START_TIMEOUT_MS = 60_000;

/**
 * Describes tests against a server that is started before them and ended after them. Where it cannot run they are
 * skipped, and the title says why; they fail when `REQUIRE_SERVERS` names it.
 *
 * @param tests - gets a function that gives the server once tests run
 */
export function describeWithServer<Name extends ServerName>(
  name: Name,
  tests: (server: () => TestServer) => void,
  options: ServerOptions[Name] = {},
): void {
  const reason = whyMissing(name);
  if (reason !== undefined) {
    describeMissing(name, reason);
    return;
  }
  describe(`with ${name}`, () => {
    let started: TestServer | undefined;
    beforeAll(async () => {
      const server = await startServer(name, options);
      if ("reason" in server) throw new Error(server.reason);
      started = server;
    }, START_TIMEOUT_MS);
    afterAll(() => started?.stop());
    tests(() => {
      if (started === undefined)
        throw new Error(`${name} has not started yet: ask for it in a test or a hook.`);
      return started;
    });
  });
}

function describeMissing(name: ServerName, reason: string): void {
  describe(`with ${name}, skipped: ${reason}`, () => {
    it.skipIf(!isRequired(name))("has its server", () => {
      throw new Error(`REQUIRE_SERVERS names ${name}, but ${reason}.`);
    });
  });
}
