/** What flows do with workflows of GitHub Actions. */
import { NO_CACHE, type Task, task } from "@sluice/core";
import { apiPath } from "@sluice/credentials-github";
import { type Credentials, RepositoryClient } from "./repository-client.ts";

export interface WorkflowDispatch {
  /** `owner/name`. */
  readonly repository: string;
  /** Name of its file, such as `release.yml`, or its id. It has to have the trigger `workflow_dispatch`. */
  readonly workflow: string | number;
  /** Branch or tag that it runs at. */
  readonly ref: string;
  /** What the workflow asks for. */
  readonly inputs?: Readonly<Record<string, string | number | boolean>> | undefined;
}

/** Starts a workflow; does not wait for it. */
export const dispatchGitHubWorkflow: Task<[Credentials, WorkflowDispatch], void> = task(
  { name: "dispatch-github-workflow", cachePolicy: NO_CACHE },
  async (credentials: Credentials, dispatch: WorkflowDispatch): Promise<void> => {
    const { repository, workflow, ref, inputs = {} } = dispatch;
    const client = await RepositoryClient.of(credentials, repository);
    const path = apiPath`/actions/workflows/${workflow}/dispatches`;
    await client.send({ method: "POST", path, body: { ref, inputs } });
  },
);
