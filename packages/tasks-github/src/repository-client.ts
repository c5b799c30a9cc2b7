/** What all tasks begin with: who asks, and for which repository. */
import { findRunContext } from "@sluice/core";
import {
  apiPath,
  type GitHubClient,
  GitHubCredentials,
  type GitHubRequest,
} from "@sluice/credentials-github";
import { InvalidRequestError } from "@sluice/protocol";
import type { z } from "zod";

/** A block, or the name of a saved one. */
export type Credentials = GitHubCredentials | string;

/** Calls about one repository, which end with the run of the task. */
export class RepositoryClient {
  readonly #client: GitHubClient;
  readonly #path: string;

  private constructor(client: GitHubClient, path: string) {
    this.#client = client;
    this.#path = path;
  }

  /** @param repository - `owner/name` */
  static async of(credentials: Credentials, repository: string): Promise<RepositoryClient> {
    const [owner = "", name = "", ...others] = repository.split("/");
    if (owner === "" || name === "" || others.length > 0) {
      throw new InvalidRequestError(
        `"${repository}" is no repository. Write its owner and its name, such as acme/flows.`,
      );
    }
    const block = typeof credentials === "string" ? await GitHubCredentials.load(credentials) : credentials;
    return new RepositoryClient(block.client(), apiPath`/repos/${owner}/${name}`);
  }

  call<Schema extends z.ZodType>(request: GitHubRequest, schema: Schema): Promise<z.output<Schema>> {
    return this.#client.call(this.#below(request), schema);
  }

  send(request: GitHubRequest): Promise<void> {
    return this.#client.send(this.#below(request));
  }

  pages<Schema extends z.ZodType>(request: GitHubRequest, schema: Schema): AsyncIterable<z.output<Schema>> {
    return this.#client.pages(this.#below(request), schema);
  }

  #below(request: GitHubRequest): GitHubRequest {
    return { ...request, path: `${this.#path}${request.path}`, signal: findRunContext()?.signal };
  }
}
