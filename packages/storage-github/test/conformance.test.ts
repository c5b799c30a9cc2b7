import { blockSuite, fileSystemSuite } from "@sluice/core/testing";
import { GitHubCredentials } from "@sluice/credentials-github";
import { describeWithServer } from "@sluice-internal/test-servers";
import { GitHubRepository } from "../src/index.ts";
import { refusingServers, SEED, TOKEN } from "./github-server.ts";

describeWithServer(
  "github",
  (server) => {
    const repository = (name: string, token: string | undefined, baseUrl = server().url) =>
      new GitHubRepository({
        repositoryUrl: `https://github.com/octocat/${name}`,
        credentials: new GitHubCredentials({ token, baseUrl }),
      });
    fileSystemSuite({
      name: "A GitHub repository",
      create: () => repository("flows", TOKEN),
      capabilities: { write: true, conditionalCreate: true },
      largeFileBytes: 8 * 1024 * 1024,
      holdsFiles: true,
      troubles: {
        denied: () => repository("secret", undefined),
        absent: () => repository("missing", TOKEN),
        throttled: async () => repository("flows", TOKEN, await refusingServers.throttled()),
        unreachable: async () => repository("flows", TOKEN, await refusingServers.unreachable()),
        secrets: [TOKEN],
      },
    });
  },
  { seed: SEED },
);

blockSuite({
  type: GitHubRepository,
  sample: {
    repositoryUrl: "https://github.com/acme/flows",
    reference: "v2",
    credentials: new GitHubCredentials({ token: "ghp_a-secret-token" }),
    directory: "etl",
    commitMessage: "From a flow",
    author: { name: "Ada", email: "ada@acme.example" },
  },
  wire: {
    repository_url: "https://github.com/acme/flows",
    reference: "v2",
    credentials: { token: "ghp_a-secret-token", base_url: "https://api.github.com" },
    directory: "etl",
    commit_message: "From a flow",
    author: { name: "Ada", email: "ada@acme.example" },
  },
});
