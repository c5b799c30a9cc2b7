/** Any git repository as a file system to read from. */
export { GitCredentials } from "./git-credentials.ts";
export { GitRepository, type PullOptions } from "./git-repository.ts";
