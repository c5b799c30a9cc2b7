import { startPrefectServer, whyNoPrefect } from "@sluice/orchestration/testing/prefect-server";
import { describe, expect } from "vitest";
import { blockCases } from "./block-cases.ts";
import { AUTH_STRING, credentialCases } from "./credential-cases.ts";
import { deploymentCases } from "./deployment-cases.ts";
import { flowCases } from "./flow-cases.ts";
import { formCases } from "./form-cases.ts";
import { graphCases } from "./graph-cases.ts";
import { interruptionCases } from "./interruption-cases.ts";
import { outageCases } from "./outage-cases.ts";
import { serverUnderTest } from "./server-under-test.ts";

const reason = whyNoPrefect();
const START_MS = 150_000;

/** Our SDK against a real Prefect 3 server; what is asserted is what that server says. */
describe.skipIf(reason !== undefined)(`a Prefect server${reason === undefined ? "" : `: ${reason}`}`, () => {
  const server = serverUnderTest(() => startPrefectServer(), START_MS);
  flowCases(server);
  blockCases(server);
  deploymentCases(server);
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
  const env = { PREFECT_SERVER_API_AUTH_STRING: AUTH_STRING, PREFECT_SERVER_CSRF_PROTECTION_ENABLED: "true" };
  credentialCases(serverUnderTest(() => startPrefectServer({ env }), START_MS));
});
