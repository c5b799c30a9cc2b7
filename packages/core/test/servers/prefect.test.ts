import {
  type PrefectServer,
  startPrefectServer,
  whyNoPrefect,
} from "@sluice/orchestration/testing/prefect-server";
import { newId } from "@sluice/protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { flow } from "../../src/flows/flow.ts";
import { task } from "../../src/tasks/task.ts";
import { inEngine } from "../engine-fixture.ts";
import { flowCases } from "./flow-cases.ts";
import { formCases } from "./form-cases.ts";
import { graphCases } from "./graph-cases.ts";
import { interruptionCases } from "./interruption-cases.ts";
import { outageCases } from "./outage-cases.ts";
import { ServerRest } from "./server-rest.ts";
import { serverUnderTest, TEST_MS } from "./server-under-test.ts";

const reason = whyNoPrefect();
const START_MS = 150_000;

/** Our SDK against a real Prefect 3 server; what is asserted is what that server says. */
describe.skipIf(reason !== undefined)(`a Prefect server${reason === undefined ? "" : `: ${reason}`}`, () => {
  const server = serverUnderTest(() => startPrefectServer(), START_MS);
  flowCases(server);
  graphCases(server);
  interruptionCases(server);
  formCases(server);
  outageCases(server);

  server.test("counts the delays of flows' retries in whole seconds", async ({ api }) => {
    const { id } = await api.flows.create({ name: "whole-seconds" });
    const run = await api.flowRuns.create({
      flow_id: id,
      empirical_policy: { retries: 1, retry_delay: 0.2 },
    });
    expect(run.empirical_policy).toMatchObject({ retries: 1, retry_delay: 1 });
  });
});

describe.skipIf(reason !== undefined)("a Prefect server with a password and tokens against forgery", () => {
  const authString = "admin:pa55-word";
  let server: PrefectServer;
  beforeAll(async () => {
    server = await startPrefectServer({
      env: { PREFECT_SERVER_API_AUTH_STRING: authString, PREFECT_SERVER_CSRF_PROTECTION_ENABLED: "true" },
    });
  }, START_MS);
  afterAll(() => server?.stop());

  it(
    "lets those in who know it",
    async () => {
      const settings = { "api.url": server.url, "api.auth_string": authString };
      await inEngine(async () => {
        expect(await flow({ name: "let-in" }, () => task({ name: "in" }, async () => "in")())()).toBe("in");
      }, settings);
      const basic = `Basic ${Buffer.from(authString).toString("base64")}`;
      const client = newId();
      const rest = new ServerRest(server.url, { Authorization: basic });
      const { token } = await rest.get<{ token: string }>(`/csrf-token?client=${client}`);
      const trusted = { Authorization: basic, "Prefect-Csrf-Token": token, "Prefect-Csrf-Client": client };
      const run = await new ServerRest(server.url, trusted).flowRun("let-in");
      expect(run.state_name).toBe("Completed");
      expect(await new ServerRest(server.url, trusted).taskRuns(run.id, 1)).toHaveLength(1);
    },
    TEST_MS,
  );

  it(
    "says to others what to set",
    async () => {
      const settings = { "api.url": server.url, "api.auth_string": "admin:wrong-one" };
      const opening = inEngine(async () => undefined, settings);
      await expect(opening).rejects.toThrow(/SLUICE_API_AUTH_STRING.*401/);
      await expect(opening).rejects.not.toThrow("wrong-one");
    },
    TEST_MS,
  );
});
