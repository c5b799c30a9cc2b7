/**
 * What every implementation of the orchestration API must do, in process or over HTTP. Give it a way to open an API on
 * an empty history and it describes the cases for vitest. It runs on the real clock.
 */
import type { OrchestrationApi } from "@sluice/protocol";
import { afterEach, describe } from "vitest";
import { abortCases } from "./api/abort-cases.ts";
import { artifactCases } from "./api/artifact-cases.ts";
import { blockDocumentCases, blockReferenceCases, blockSecretCases } from "./api/block-document-cases.ts";
import { blockSchemaCases, blockTypeCases } from "./api/block-type-cases.ts";
import { concurrencyCases } from "./api/concurrency-cases.ts";
import { deploymentCases } from "./api/deployment-cases.ts";
import { deploymentConcurrencyCases } from "./api/deployment-concurrency-cases.ts";
import { eventApiCases } from "./api/event-api-cases.ts";
import { explanationCases } from "./api/explanation-cases.ts";
import { flowApiCases } from "./api/flow-api-cases.ts";
import { flowChangeCases } from "./api/flow-change-cases.ts";
import { flowPolicyCases } from "./api/flow-policy-cases.ts";
import { flowRunApiCases } from "./api/flow-run-api-cases.ts";
import { flowRunInputCases } from "./api/flow-run-input-cases.ts";
import { flowRunViewCases } from "./api/flow-run-view-cases.ts";
import { flowStateCases } from "./api/flow-state-cases.ts";
import { logApiCases } from "./api/log-api-cases.ts";
import type { OpenApi } from "./api/open-api.ts";
import { resultStorageCases } from "./api/result-storage-cases.ts";
import { savedSearchCases } from "./api/saved-search-cases.ts";
import { subflowCases } from "./api/subflow-cases.ts";
import { tagLimitCases } from "./api/tag-limit-cases.ts";
import { taskPolicyCases } from "./api/task-policy-cases.ts";
import { taskRunApiCases } from "./api/task-run-api-cases.ts";
import { uiCases } from "./api/ui-cases.ts";
import { variableCases } from "./api/variable-cases.ts";
import { workPoolCases } from "./api/work-pool-cases.ts";
import { workerPollCases } from "./api/worker-poll-cases.ts";

/** What the suite needs of an API. */
export interface OrchestrationApiSuiteOptions {
  readonly name: string;
  /** Opens an API on an empty history of its own. */
  readonly create: () => Promise<OrchestrationApi>;
}

/** Describes the behaviour of an `OrchestrationApi`. */
export function orchestrationApiSuite(options: OrchestrationApiSuiteOptions): void {
  describe(`orchestration API suite: ${options.name}`, () => {
    const opened: OrchestrationApi[] = [];
    const open: OpenApi = async () => {
      const api = await options.create();
      opened.push(api);
      return api;
    };
    afterEach(async () => {
      await Promise.all(opened.splice(0).map((api) => api.close()));
    });

    describe("flows", () => flowApiCases(open));
    describe("flow runs", () => flowRunApiCases(open));
    describe("flow policy", () => flowPolicyCases(open));
    describe("states of flow runs", () => flowStateCases(open));
    describe("sub-flow runs", () => subflowCases(open));
    describe("task runs", () => taskRunApiCases(open));
    describe("changes of flows", () => flowChangeCases(open));
    describe("input of flow runs", () => flowRunInputCases(open));
    describe("views of flow runs", () => flowRunViewCases(open));
    describe("explanations of flow runs", () => explanationCases(open));
    describe("task policy", () => taskPolicyCases(open));
    describe("variables", () => variableCases(open));
    describe("artifacts", () => artifactCases(open));
    describe("block types", () => blockTypeCases(open));
    describe("block schemas", () => blockSchemaCases(open));
    describe("block documents", () => blockDocumentCases(open));
    describe("secrets of blocks", () => blockSecretCases(open));
    describe("references of blocks", () => blockReferenceCases(open));
    describe("saved searches", () => savedSearchCases(open));
    describe("the default storage of results", () => resultStorageCases(open));
    describe("figures for the user interface", () => uiCases(open));
    describe("logs", () => logApiCases(open));
    describe("events", () => eventApiCases(open));
    describe("deployments", () => deploymentCases(open));
    describe("work pools", () => workPoolCases(open));
    describe("runs for workers", () => workerPollCases(open));
    describe("concurrency", () => concurrencyCases(open));
    describe("the limit of a tag", () => tagLimitCases(open));
    describe("the slot of a deployment's run", () => deploymentConcurrencyCases(open));
    describe("signals and closing", () => abortCases(open));
  });
}
