/** Unmodified Prefect clients do real work against a server, whatever database it has. */
import { SerialQueue } from "@sluice/orchestration";
import { whyNoPrefect } from "@sluice/orchestration/testing/prefect-server";
import type { DatabaseOptions } from "@sluice/server";
import { afterAll, beforeAll, describe, it } from "vitest";
import { CLIENT_PROGRAMS } from "./client-programs.ts";
import { runProgram } from "./run-program.ts";
import { startTestedServer, type TestedServer } from "./tested-server.ts";

const START_TIMEOUT_MS = 90_000;
/** For all programs: each has its own bound. */
const TIMEOUT_MS = 360_000;
/** So many programs at a time: they wait much, and what they do is Python's start-up. */
const LANES = 2;

export interface ClientSuiteDatabase {
  readonly options: DatabaseOptions;
  remove(): Promise<void>;
}

/** Runs all programs on one server with an empty database. */
export function prefectClientSuite(emptyDatabase: () => Promise<ClientSuiteDatabase>): void {
  const reason = whyNoPrefect();
  describe.skipIf(reason !== undefined)(reason ?? "unmodified Prefect clients", () => {
    const lanes = Array.from({ length: LANES }, () => new SerialQueue());
    let database: ClientSuiteDatabase | undefined;
    let server: TestedServer | undefined;

    beforeAll(async () => {
      database = await emptyDatabase();
      server = await startTestedServer(database.options);
    }, START_TIMEOUT_MS);

    afterAll(async () => {
      await server?.close();
      await database?.remove();
    });

    for (const [index, { program, shows, facts }] of CLIENT_PROGRAMS.entries()) {
      it.concurrent(
        shows,
        async ({ expect }) => {
          const work = (): Promise<unknown> => runProgram(program, server?.apiUrl ?? "");
          expect(await lanes[index % LANES]?.run(work)).toEqual(facts);
        },
        TIMEOUT_MS,
      );
    }
  });
}
