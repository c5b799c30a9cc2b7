/** A GitHub repository as a file system. */
export { GitHubRepository } from "./github-repository.ts";
