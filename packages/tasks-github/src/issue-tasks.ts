/** What flows do with issues. Nothing is cached, and nothing created twice because an answer was lost. */
import { NO_CACHE, type Task, task } from "@sluice/core";
import { apiPath } from "@sluice/credentials-github";
import { z } from "zod";
import { type Credentials, RepositoryClient } from "./repository-client.ts";

const PAGE_SIZE = 100;
const DEFAULT_LIMIT = 1000;

export interface NewIssue {
  /** `owner/name`. */
  readonly repository: string;
  readonly title: string;
  /** Markdown. */
  readonly body?: string | undefined;
  readonly labels?: readonly string[] | undefined;
  /** Login names. */
  readonly assignees?: readonly string[] | undefined;
}

/** An issue or a pull request. */
export interface IssueAddress {
  readonly repository: string;
  readonly number: number;
}

/** What is left out stays as it is. */
export interface IssueChanges extends Partial<Omit<NewIssue, "repository">> {
  readonly state?: "open" | "closed" | undefined;
  /** Why it is closed. */
  readonly stateReason?: "completed" | "not_planned" | undefined;
}

export interface IssueQuery {
  readonly repository: string;
  /** Default "open". */
  readonly state?: "open" | "closed" | "all" | undefined;
  /** Issues with all of these. */
  readonly labels?: readonly string[] | undefined;
  /** Changed at this time or later. */
  readonly since?: Date | undefined;
  /** Default 1000. */
  readonly limit?: number | undefined;
}

export interface GitHubIssue extends IssueAddress {
  readonly title: string;
  readonly body: string;
  readonly state: "open" | "closed";
  readonly labels: readonly string[];
  /** Login name; undefined when the account is no more. */
  readonly author: string | undefined;
  /** Of the page for people. */
  readonly url: string;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface GitHubComment {
  readonly id: number;
  readonly url: string;
}

/**
 * Opens an issue.
 *
 * ```ts
 * const issue = await createGitHubIssue("bot", { repository: "acme/flows", title: "No trips today" });
 * ```
 */
export const createGitHubIssue: Task<[Credentials, NewIssue], GitHubIssue> = task(
  { name: "create-github-issue", cachePolicy: NO_CACHE },
  async (credentials: Credentials, { repository, ...body }: NewIssue): Promise<GitHubIssue> => {
    const client = await RepositoryClient.of(credentials, repository);
    return issueOf(repository, await client.call({ method: "POST", path: "/issues", body }, issue));
  },
);

/** Changes an issue or a pull request, closes or opens it. Takes what other tasks give, or a future of it. */
export const updateGitHubIssue: Task<[Credentials, IssueAddress, IssueChanges], GitHubIssue> = task(
  { name: "update-github-issue", cachePolicy: NO_CACHE },
  async (
    credentials: Credentials,
    { repository, number }: IssueAddress,
    { stateReason, ...changes }: IssueChanges,
  ): Promise<GitHubIssue> => {
    const client = await RepositoryClient.of(credentials, repository);
    const body = { ...changes, ...(stateReason !== undefined && { state_reason: stateReason }) };
    const request = { method: "PATCH", path: apiPath`/issues/${number}`, body, isRepeatable: true } as const;
    return issueOf(repository, await client.call(request, issue));
  },
);

/** Comments on an issue or a pull request; the text is Markdown. */
export const commentOnGitHubIssue: Task<[Credentials, IssueAddress, string], GitHubComment> = task(
  { name: "comment-on-github-issue", cachePolicy: NO_CACHE },
  async (
    credentials: Credentials,
    { repository, number }: IssueAddress,
    text: string,
  ): Promise<GitHubComment> => {
    const client = await RepositoryClient.of(credentials, repository);
    const path = apiPath`/issues/${number}/comments`;
    const { id, html_url: url } = await client.call({ method: "POST", path, body: { body: text } }, comment);
    return { id, url };
  },
);

/** Issues of a repository, the newest first, without pull requests. */
export const listGitHubIssues: Task<[Credentials, IssueQuery], readonly GitHubIssue[]> = task(
  { name: "list-github-issues", cachePolicy: NO_CACHE },
  async (credentials: Credentials, query: IssueQuery): Promise<readonly GitHubIssue[]> => {
    const { repository, state, labels, since, limit = DEFAULT_LIMIT } = query;
    const client = await RepositoryClient.of(credentials, repository);
    const asked = { state, labels: labels?.join(","), since: since?.toISOString(), per_page: PAGE_SIZE };
    const found: GitHubIssue[] = [];
    for await (const page of client.pages({ path: "/issues", query: asked }, z.array(issue))) {
      const issues = page.filter(({ pull_request }) => pull_request == null);
      found.push(...issues.map((each) => issueOf(repository, each)));
      if (found.length >= limit) break;
    }
    return found.slice(0, limit);
  },
);

const issue = z.object({
  number: z.int(),
  title: z.string(),
  body: z.string().nullish(),
  state: z.enum(["open", "closed"]),
  labels: z.array(z.union([z.string(), z.object({ name: z.string().nullish() })])),
  user: z.object({ login: z.string() }).nullish(),
  html_url: z.string(),
  created_at: z.coerce.date(),
  updated_at: z.coerce.date(),
  pull_request: z.unknown().optional(),
});

const comment = z.object({ id: z.int(), html_url: z.string() });

function issueOf(repository: string, answer: z.output<typeof issue>): GitHubIssue {
  const { number, title, body, state, labels, user } = answer;
  return {
    repository,
    number,
    title,
    body: body ?? "",
    state,
    labels: labels.map((label) => (typeof label === "string" ? label : (label.name ?? ""))),
    author: user?.login,
    url: answer.html_url,
    createdAt: answer.created_at,
    updatedAt: answer.updated_at,
  };
}
