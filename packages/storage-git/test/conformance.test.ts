import { join } from "node:path";
import { blockSuite, fileSystemSuite } from "@sluice/core/testing";
import { describeWithServer } from "@sluice-internal/test-servers";
import { GitCredentials, GitRepository } from "../src/index.ts";
import { GitRemote } from "./git-remote.ts";
import "./own-home.ts";

describeWithServer("git-http", (server) => {
  let remote: GitRemote | undefined;
  const privateRepository = (token: string | undefined, path = "/private/flows.git") =>
    new GitRepository({
      url: `${server().url}${path}`,
      credentials: new GitCredentials({ username: "x-access-token", token }),
    });
  fileSystemSuite({
    name: "A git repository",
    filled: async (files) => {
      const contents = Object.fromEntries(files.map(({ path, content }) => [path, content]));
      remote = await GitRemote.create(join(server().env["GIT_ROOT"] ?? "", "private/flows.git"), contents);
      return privateRepository(server().env["GIT_TOKEN"]);
    },
    dispose: async () => remote?.remove(),
    troubles: {
      denied: () => privateRepository("a-wrong-token"),
      absent: () => privateRepository(server().env["GIT_TOKEN"], "/private/missing.git"),
      unreachable: () => new GitRepository({ url: "http://127.0.0.1:9/flows.git" }),
      secrets: ["a-wrong-token"],
    },
  });
});

const credentials = {
  username: "ada",
  token: "a-git-token",
  privateKey: "a git key",
  knownHosts: "git.example k",
};
const credentialsOnWire = {
  username: "ada",
  token: "a-git-token",
  private_key: "a git key",
  known_hosts: "git.example k",
};

blockSuite({ type: GitCredentials, sample: credentials, wire: credentialsOnWire });

blockSuite({
  type: GitRepository,
  sample: {
    url: "https://git.acme.example/data/flows.git",
    reference: "v2",
    directory: "etl",
    credentials: new GitCredentials(credentials),
    includeSubmodules: true,
    lfs: false,
    timeoutSeconds: 60,
  },
  wire: {
    url: "https://git.acme.example/data/flows.git",
    reference: "v2",
    directory: "etl",
    credentials: credentialsOnWire,
    include_submodules: true,
    lfs: false,
    timeout_seconds: 60,
  },
});
