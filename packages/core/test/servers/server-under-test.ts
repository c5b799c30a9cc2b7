/** A server that the tests of one file share. */
import { afterAll, beforeAll, it } from "vitest";
import type { SettingOverrides } from "../../src/settings/settings.ts";
import { inEngine, type TestEngine } from "../engine-fixture.ts";
import { ServerRest } from "./server-rest.ts";

export interface StartedServer {
  /** Base URL of its API. */
  readonly url: string;
  stop(): Promise<void>;
}

export interface ServerUnderTest {
  url(): string;
  rest(): ServerRest;
  /** A test whose flows run against the server. */
  test(behaviour: string, body: (engine: TestEngine) => Promise<void>, settings?: SettingOverrides): void;
}

export const TEST_MS = 60_000;

/** Starts the server before the tests of the file, and ends it after them. */
export function serverUnderTest(start: () => Promise<StartedServer>, startMs: number): ServerUnderTest {
  let server: StartedServer | undefined;
  const url = (): string => {
    if (server === undefined) throw new Error("The server has not started.");
    return server.url;
  };
  beforeAll(async () => {
    server = await start();
  }, startMs);
  afterAll(() => server?.stop());
  return {
    url,
    rest: () => new ServerRest(url()),
    test: (behaviour, body, settings = {}) =>
      it(behaviour, () => inEngine(body, { "api.url": url(), ...settings }), TEST_MS),
  };
}
