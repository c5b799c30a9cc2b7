/** Deletes and sets states of many flow runs, each in a transaction of its own. */
import {
  type ApiCallOptions,
  type FlowRunFilter,
  type FlowRunsApi,
  type FlowRunsDelete,
  type FlowRunsSetState,
  type FlowRunsStateResult,
  isSluiceError,
} from "@sluice/protocol";

const MAX_BULK = 50;

/** Gives the ids of those that were deleted by this call. */
export async function deleteFlowRuns(
  runs: Pick<FlowRunsApi, "filter" | "delete">,
  request: FlowRunsDelete,
  options?: ApiCallOptions,
): Promise<string[]> {
  const deleted: string[] = [];
  for (const id of await matching(runs, request, options)) {
    try {
      await runs.delete(id, options);
      deleted.push(id);
    } catch (error) {
      // Somebody else was faster.
      if (!isSluiceError(error, "OBJECT_NOT_FOUND")) throw error;
    }
  }
  return deleted;
}

/** What becomes of each; one that fails does not keep the others from theirs. */
export async function setFlowRunStates(
  runs: Pick<FlowRunsApi, "filter" | "setState">,
  request: FlowRunsSetState,
  options?: ApiCallOptions,
): Promise<FlowRunsStateResult[]> {
  const results: FlowRunsStateResult[] = [];
  const proposal = { state: request.state, force: request.force === true };
  for (const id of await matching(runs, request, options)) {
    try {
      results.push({ flow_run_id: id, ...(await runs.setState(id, proposal, options)) });
    } catch (error) {
      if (!isSluiceError(error)) throw error;
      const details = { type: "abort_details", reason: error.message } as const;
      results.push({ flow_run_id: id, status: "ABORT", state: null, details });
    }
  }
  return results;
}

async function matching(
  runs: Pick<FlowRunsApi, "filter">,
  request: {
    readonly flow_runs?: FlowRunFilter | null | undefined;
    readonly limit?: number | null | undefined;
  },
  options: ApiCallOptions | undefined,
): Promise<string[]> {
  const query = { flow_runs: request.flow_runs, limit: Math.min(request.limit ?? MAX_BULK, MAX_BULK) };
  return (await runs.filter(query, options)).map(({ id }) => id);
}
