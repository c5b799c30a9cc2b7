/** Unmodified Prefect clients do real work against a server, whatever database it has. */
import { SerialQueue } from "@sluice/orchestration";
import { whyNoPrefect } from "@sluice/orchestration/testing/prefect-server";
import type { DatabaseOptions } from "@sluice/server";
import { afterAll, beforeAll, describe, it } from "vitest";
import type { ClientProgram } from "./client-programs.ts";
import { runProgram, runTogether } from "./run-program.ts";
import { startTestedServer, type TestedServer } from "./tested-server.ts";

const START_TIMEOUT_MS = 240_000;
/** For all programs: each has its own bound. */
const TIMEOUT_MS = 1_500_000;

export interface ClientSuiteDatabase {
  readonly options: DatabaseOptions;
  remove(): Promise<void>;
}

export interface ClientSuiteOptions {
  readonly programs: readonly ClientProgram[];
  emptyDatabase(): Promise<ClientSuiteDatabase>;
}

/** Runs programs on one server with an empty database: served ones in turns, beside all others in one process. */
export function prefectClientSuite({ programs, emptyDatabase }: ClientSuiteOptions): void {
  const reason = whyNoPrefect();
  describe.skipIf(reason !== undefined)(reason ?? "unmodified Prefect clients", () => {
    const turns = new SerialQueue();
    const others = programs.filter(({ isServed }) => isServed !== true).map(({ program }) => program);
    let database: ClientSuiteDatabase | undefined;
    let server: TestedServer | undefined;
    let together: Promise<Map<string, unknown>> | undefined;

    beforeAll(async () => {
      database = await emptyDatabase();
      server = await startTestedServer(database.options);
    }, START_TIMEOUT_MS);

    afterAll(async () => {
      await server?.close();
      await database?.remove();
    });

    for (const { program, shows, facts, isServed } of programs) {
      it.concurrent(
        shows,
        async ({ expect }) => {
          const apiUrl = server?.apiUrl ?? "";
          if (isServed) expect(await turns.run(() => runProgram(program, apiUrl))).toEqual(facts);
          else {
            together ??= runTogether(others, apiUrl);
            expect((await together).get(program)).toEqual(facts);
          }
        },
        TIMEOUT_MS,
      );
    }
  });
}
