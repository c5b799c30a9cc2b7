/** Tasks for GitHub. */
export {
  commentOnGitHubIssue,
  createGitHubIssue,
  type GitHubComment,
  type GitHubIssue,
  type IssueAddress,
  type IssueChanges,
  type IssueQuery,
  listGitHubIssues,
  type NewIssue,
  updateGitHubIssue,
} from "./issue-tasks.ts";
export {
  createGitHubPullRequest,
  type GitHubMerge,
  type GitHubPullRequest,
  type MergeOptions,
  mergeGitHubPullRequest,
  type NewPullRequest,
} from "./pull-request-tasks.ts";
export { dispatchGitHubWorkflow, type WorkflowDispatch } from "./workflow-tasks.ts";
