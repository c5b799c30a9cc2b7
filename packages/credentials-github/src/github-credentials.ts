/** Credentials for GitHub. */
import type { CallOptions, Secret } from "@sluice/core";
import { Block, secret } from "@sluice/core/blocks";
import { z } from "zod";
import { AppToken } from "./app-token.ts";
import { GitHubClient } from "./github-client.ts";
import { apiPath } from "./github-path.ts";

const fields = z
  .object({
    /** A personal access token, classic or fine-grained. */
    token: secret(z.string().min(1)).optional(),
    /** Id or client id of a GitHub App. */
    appId: z.union([z.string().min(1), z.int().positive()]).optional(),
    /** The App's private key, in PEM. */
    privateKey: secret(z.string().min(1)).optional(),
    /** Id of the App's installation in the account whose repositories are meant. */
    installationId: z.union([z.string().min(1), z.int().positive()]).optional(),
    /** URL of the API; that of an Enterprise server is like `https://github.acme.com/api/v3`. */
    baseUrl: z.url({ protocol: /^https?$/ }).default("https://api.github.com"),
  })
  .refine(
    ({ appId, privateKey, installationId }) =>
      new Set([appId, privateKey, installationId].map((field) => field === undefined)).size === 1,
    { message: "A GitHub App needs all of appId, privateKey and installationId", path: ["appId"] },
  )
  .refine(({ token, appId }) => token === undefined || appId === undefined, {
    message: "Give a token or a GitHub App, not both",
    path: ["token"],
  });

/**
 * A token, or a GitHub App: `appId`, `privateKey` and `installationId`. Without either, what is public can be read, with
 * few calls an hour.
 *
 * ```ts
 * const credentials = new GitHubCredentials({ token: process.env.GITHUB_TOKEN });
 * ```
 */
export class GitHubCredentials extends Block.define({
  slug: "github-credentials",
  name: "GitHub Credentials",
  description: "A token or a GitHub App, for github.com or GitHub Enterprise.",
  documentationUrl: "https://docs.github.com/authentication",
  schema: fields,
}) {
  #client: GitHubClient | undefined;
  #appToken: AppToken | undefined;

  /** Calls of the API with these credentials. */
  client(): GitHubClient {
    this.#client ??= new GitHubClient({
      apiUrl: this.#apiUrl(),
      credentials: this.blockReference,
      token: () => this.currentToken(),
      onTokenRefused: () => this.#renewToken(),
    });
    return this.#client;
  }

  /**
   * The token to send now: the one given or, for an App, one that lasts for five more minutes at least. Undefined without
   * credentials. It serves git over HTTPS too, as the password of `x-access-token`.
   *
   * @throws {GitHubError} when GitHub gives the App none
   */
  async currentToken(options: CallOptions = {}): Promise<Secret | undefined> {
    options.signal?.throwIfAborted();
    const { appId, privateKey, installationId } = this;
    if (appId === undefined || privateKey === undefined || installationId === undefined) return this.token;
    this.#appToken ??= new AppToken(
      {
        appId: String(appId),
        privateKey,
        installationId: String(installationId),
        credentials: this.blockReference,
      },
      (id, assertion) => this.#exchange(id, assertion),
    );
    return this.#appToken.get();
  }

  async #exchange(installationId: string, assertion: Secret): Promise<unknown> {
    const client = new GitHubClient({
      apiUrl: this.#apiUrl(),
      credentials: this.blockReference,
      token: async () => assertion,
    });
    const path = apiPath`/app/installations/${installationId}/access_tokens`;
    return client.call({ method: "POST", path, isRepeatable: true }, z.unknown());
  }

  /** Tokens of an App end when its permissions change. */
  #renewToken(): boolean {
    this.#appToken?.forget();
    return this.#appToken !== undefined;
  }

  #apiUrl(): string {
    return this.baseUrl.replace(/\/+$/, "");
  }
}
