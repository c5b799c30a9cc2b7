/** What flows do with pull requests; comments on them are those on issues. */
import { NO_CACHE, type Task, task } from "@sluice/core";
import { apiPath } from "@sluice/credentials-github";
import { z } from "zod";
import type { IssueAddress } from "./issue-tasks.ts";
import { type Credentials, RepositoryClient } from "./repository-client.ts";

export interface NewPullRequest {
  /** `owner/name`. */
  readonly repository: string;
  readonly title: string;
  /** Markdown. */
  readonly body?: string | undefined;
  /** The branch with the changes; `owner:branch` for one of a fork. */
  readonly head: string;
  /** The branch that they are to come to. */
  readonly base: string;
  readonly draft?: boolean | undefined;
}

export interface GitHubPullRequest extends IssueAddress {
  readonly title: string;
  readonly state: "open" | "closed";
  /** Of the page for people. */
  readonly url: string;
  /** Id of the last commit of the changes. */
  readonly headCommit: string;
}

export interface MergeOptions {
  /** Default "merge". */
  readonly method?: "merge" | "squash" | "rebase" | undefined;
  readonly title?: string | undefined;
  readonly message?: string | undefined;
  /** Refuse when the changes have another last commit than this, because somebody added to them. */
  readonly headCommit?: string | undefined;
}

export interface GitHubMerge {
  /** Id of the commit that was made. */
  readonly commit: string;
}

/** Opens a pull request. */
export const createGitHubPullRequest: Task<[Credentials, NewPullRequest], GitHubPullRequest> = task(
  { name: "create-github-pull-request", cachePolicy: NO_CACHE },
  async (credentials: Credentials, { repository, ...body }: NewPullRequest): Promise<GitHubPullRequest> => {
    const client = await RepositoryClient.of(credentials, repository);
    const answer = await client.call({ method: "POST", path: "/pulls", body }, pullRequest);
    const { number, title, state, html_url: url, head } = answer;
    return { repository, number, title, state, url, headCommit: head.sha };
  },
);

/** Merges a pull request. Fails when it has conflicts, or when rules of the branch do not allow it. */
export const mergeGitHubPullRequest: Task<[Credentials, IssueAddress, MergeOptions?], GitHubMerge> = task(
  { name: "merge-github-pull-request", cachePolicy: NO_CACHE },
  async (
    credentials: Credentials,
    { repository, number }: IssueAddress,
    { method = "merge", title, message, headCommit }: MergeOptions = {},
  ): Promise<GitHubMerge> => {
    const client = await RepositoryClient.of(credentials, repository);
    const body = { merge_method: method, commit_title: title, commit_message: message, sha: headCommit };
    const request = { method: "PUT", path: apiPath`/pulls/${number}/merge`, body } as const;
    return { commit: (await client.call(request, z.object({ sha: z.string() }))).sha };
  },
);

const pullRequest = z.object({
  number: z.int(),
  title: z.string(),
  state: z.enum(["open", "closed"]),
  html_url: z.string(),
  head: z.object({ sha: z.string() }),
});
