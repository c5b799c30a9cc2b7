/** Credentials for GitHub, and calls of its API with them. */
export { GitHubClient, type GitHubRequest } from "./github-client.ts";
export { GitHubCredentials } from "./github-credentials.ts";
export { GitHubError, type GitHubTrouble } from "./github-error.ts";
export { apiPath } from "./github-path.ts";
