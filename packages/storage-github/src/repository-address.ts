/** Where a repository is: from the URLs that people copy to what the API wants. */

export interface RepositoryAddress {
  /** With its port, if it has one. */
  readonly host: string;
  readonly owner: string;
  readonly name: string;
}

/**
 * The repository that a URL names: `https://github.com/acme/flows`, with or without `.git`, or
 * `git@github.com:acme/flows.git`. Undefined when it names none, or has a password in it, which belongs in credentials.
 */
export function parseRepositoryUrl(url: string): RepositoryAddress | undefined {
  const found =
    /^https?:\/\/(?<host>[^/@?#]+)\/(?<owner>[^/?#]+)\/(?<name>[^/?#]+?)(?:\.git)?\/?$/.exec(url) ??
    /^(?:ssh:\/\/)?git@(?<host>[^/:@]+)[:/](?<owner>[^/]+)\/(?<name>[^/]+?)(?:\.git)?\/?$/.exec(url);
  const { host, owner, name } = found?.groups ?? {};
  return host === undefined || owner === undefined || name === undefined ? undefined : { host, owner, name };
}

/** The API of a server: that of github.com, of a company's part of it, or of an Enterprise server. */
export function apiUrlOf({ host }: RepositoryAddress): string {
  if (host === "github.com" || host.endsWith(".ghe.com")) return `https://api.${host}`;
  return `https://${host}/api/v3`;
}
